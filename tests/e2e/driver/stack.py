"""The stack: ministack, and template.yaml deployed to it the way `sam deploy` does it. Where ministack doesn't do what AWS does with
the template, what is missing is made here from the processed template, and said.
"""

import ctypes
import io
import json
import os
import re
import signal
import socket
import subprocess
import time
import zipfile

import boto3
from botocore.config import Config
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-central-1"
SERVERLESS = "AWS::Serverless::Function"
PR_SET_PDEATHSIG = 1
# A failed batch comes back after the queue's visibility time-out: three minutes on AWS, which would be waited for here.
VISIBILITY = 4


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Ministack:
    """The emulator as a child of this process, on loopback."""

    def __init__(self, program, log):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = log
        environment = {
            **os.environ,
            "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port), "MINISTACK_HOST": "localhost",
            # Without it a port for devices would open to everyone.
            "IOT_MTLS_ENABLED": "0",
            # Every call is held against the policies of the role that makes it.
            "AUTH": "true",
            "AWS_ENDPOINT_URL": self.url, "MINISTACK_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        }
        self.log = open(log, "wb")
        # Whatever ends this process ends the emulator too.
        ends_with_us = lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        self.process = subprocess.Popen(
            [program], env=environment, stdout=self.log, stderr=subprocess.STDOUT, preexec_fn=ends_with_us)
        self.clients = {}
        self.await_port()

    def await_port(self):
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError(f"ministack ended at once, see {self.log_path}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("ministack doesn't answer")

    def client(self, service):
        if service not in self.clients:
            # Retries that hide a failure would hide what is looked for.
            config = Config(retries={"max_attempts": 1}, max_pool_connections=20, read_timeout=90)
            self.clients[service] = boto3.client(
                service, region_name=REGION, endpoint_url=self.url, config=config,
                aws_access_key_id="test", aws_secret_access_key="test",
            )
        return self.clients[service]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


class Deployment:
    """template.yaml in the emulator."""

    def __init__(self, ministack, template, binaries, values, stage="e2e"):
        self.ministack = ministack
        self.stage = stage
        self.stack = f"kezek-{stage}"
        with open(template, encoding="utf-8") as text:
            self.template = yaml_parse(text.read())
        self.package(binaries)
        self.create(self.parameters({"Stage": stage, **values}))
        self.processed = ministack.client("cloudformation").get_template(
            StackName=self.stack, TemplateStage="Processed"
        )["TemplateBody"]
        if isinstance(self.processed, str):
            self.processed = json.loads(self.processed)
        resources = ministack.client("cloudformation").describe_stack_resources(StackName=self.stack)
        self.physical = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources["StackResources"]}
        self.routes = self.route()
        self.functions = {
            r["Metadata"]["BuildProperties"]["Binary"]: self.physical[name]
            for name, r in self.template["Resources"].items() if r["Type"] == SERVERLESS
        }

    def parameters(self, values):
        """A value for each parameter of the template: a known one, or its default."""
        declared = self.template["Parameters"]
        lacking = [name for name, said in declared.items() if name not in values and "Default" not in said]
        if lacking:
            raise RuntimeError(f"the template asks for parameters that this run doesn't know: {', '.join(lacking)}")
        return [{"ParameterKey": n, "ParameterValue": str(v)} for n, v in values.items() if n in declared]

    def package(self, binaries):
        """What `sam package` does: each function's binary, zipped, in a bucket."""
        s3 = self.ministack.client("s3")
        s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
        for resource in self.template["Resources"].values():
            if resource["Type"] != SERVERLESS:
                continue
            name = resource["Metadata"]["BuildProperties"]["Binary"]
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                entry = zipfile.ZipInfo("bootstrap")
                entry.external_attr = 0o755 << 16
                with open(os.path.join(binaries, name), "rb") as binary:
                    archive.writestr(entry, binary.read(), zipfile.ZIP_DEFLATED, 1)
            s3.put_object(Bucket="artifacts", Key=f"{name}.zip", Body=packed.getvalue())
            resource["Properties"]["CodeUri"] = f"s3://artifacts/{name}.zip"
        self.template["Globals"]["Function"].pop("CodeUri", None)
        self.allow_batches(self.template["Resources"])
        s3.put_object(Bucket="artifacts", Key="template.json", Body=json.dumps(self.template, default=str).encode())

    def allow_batches(self, node):
        """On AWS `sqs:SendMessage` is the permission of a batch too; ministack asks for one that AWS doesn't know."""
        if isinstance(node, list):
            for item in node:
                self.allow_batches(item)
        elif isinstance(node, dict):
            actions = node.get("Action")
            if actions and "sqs:SendMessage" in (actions if isinstance(actions, list) else [actions]):
                node["Action"] = [*(actions if isinstance(actions, list) else [actions]), "sqs:SendMessageBatch"]
            for item in node.values():
                self.allow_batches(item)

    def create(self, parameters):
        """What `sam deploy` does: a change set, and its execution."""
        cloudformation = self.ministack.client("cloudformation")
        cloudformation.create_change_set(
            StackName=self.stack, ChangeSetName="first", ChangeSetType="CREATE", Parameters=parameters,
            TemplateURL=f"{self.ministack.url}/artifacts/template.json",
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        self.reach("change set", lambda: cloudformation.describe_change_set(
            StackName=self.stack, ChangeSetName="first")["Status"], "CREATE_COMPLETE")
        cloudformation.execute_change_set(StackName=self.stack, ChangeSetName="first")
        self.reach("stack", lambda: cloudformation.describe_stacks(
            StackName=self.stack)["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")

    def reach(self, what, status, wanted):
        for _ in range(600):
            seen = status()
            if seen == wanted:
                return
            if "FAILED" in seen or "ROLLBACK" in seen:
                break
            time.sleep(0.2)
        events = self.ministack.client("cloudformation").describe_stack_events(StackName=self.stack)["StackEvents"]
        reasons = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}" for e in events
                   if "FAILED" in e.get("ResourceStatus", "")]
        raise RuntimeError(f"the {what} became {seen}: {'; '.join(reasons) or 'no reason given'}")

    def route(self):
        """ministack leaves out the OpenAPI body in which SAM writes the routes of an HTTP API: they are made from that body."""
        gateway = self.ministack.client("apigatewayv2")
        (api, definition), = [(n, r["Properties"]) for n, r in self.processed["Resources"].items()
                              if r["Type"] == "AWS::ApiGatewayV2::Api"]
        self.api = self.physical[api]
        body = definition["Body"]
        authorizers = {}
        for name, scheme in body["components"]["securitySchemes"].items():
            said = scheme["x-amazon-apigateway-authorizer"]
            made = gateway.create_authorizer(
                ApiId=self.api, Name=name, AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
                JwtConfiguration={"Issuer": self.resolved(said["jwtConfiguration"]["issuer"]),
                                  "Audience": [self.resolved(a) for a in said["jwtConfiguration"]["audience"]]},
            )
            authorizers[name] = made["AuthorizerId"]
        integrations, routes = {}, {}
        for path, methods in body["paths"].items():
            for method, operation in methods.items():
                function = self.function_of(operation["x-amazon-apigateway-integration"]["uri"])
                if function not in integrations:
                    integrations[function] = gateway.create_integration(
                        ApiId=self.api, IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0",
                        IntegrationUri=function,
                    )["IntegrationId"]
                secured = [(n, s) for need in operation.get("security") or [] for n, s in need.items() if n in authorizers]
                access = {"AuthorizationType": "NONE"}
                if secured:
                    name, scopes = secured[0]
                    access = {"AuthorizationType": "JWT", "AuthorizerId": authorizers[name]}
                    if scopes:
                        access["AuthorizationScopes"] = scopes
                key = f"{method.upper()} {path}"
                gateway.create_route(ApiId=self.api, RouteKey=key, Target=f"integrations/{integrations[function]}", **access)
                routes[key] = access
        return routes

    def function_of(self, uri):
        """The function, or the alias of one, that an integration names."""
        return self.physical[re.search(r"functions/\$\{(\w+)(?:\.Arn)?\}", json.dumps(uri)).group(1)]

    def resolved(self, value):
        """A value of the processed template: itself, or the parameter it refers to."""
        if isinstance(value, dict) and "Ref" in value:
            said = self.ministack.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
            return next(p["ParameterValue"] for p in said["Parameters"] if p["ParameterKey"] == value["Ref"])
        return value

    def queues(self):
        """The queues, by their logical names: the address of each."""
        return {name: self.physical[name] for name, r in self.template["Resources"].items() if r["Type"] == "AWS::SQS::Queue"}

    def hurry(self):
        """Shortens the visibility time-outs, so that a failed batch comes back while one waits for it."""
        sqs = self.ministack.client("sqs")
        for url in self.queues().values():
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY)})
