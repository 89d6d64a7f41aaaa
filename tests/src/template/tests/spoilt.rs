//! Each check bites: a template that is spoilt in one place fails, and says where.

use super::super::{Template, checks};

/// A way to spoil the template: what stands in it, what is put there instead, and what must be said then.
type Spoilt = (&'static str, &'static str, &'static str);

const SPOILT: &[Spoilt] = &[
    // Functions, routes, schedules, queues, settings.
    ("Binary: queue-view", "Binary: view-of-queues", "function: \"queue-view\" is known"),
    ("Path: /v1/applications/{id}/position", "Path: /v1/applications/{id}/place", "/v1/applications/{id}/place\""),
    ("AuthorizationScopes: [officer]", "AuthorizationScopes: [applicant]", "routes and their scopes"),
    ("            Auth: { AuthorizationScopes: [officer] }\n", "", "has no scope"),
    ("DefaultAuthorizer: Tokens", "DefaultAuthorizer: Nobody", "a route that says nothing needs no token"),
    (
        "Auth:\n              Authorizer: NONE",
        "Auth:\n              AuthorizationScopes: [officer]",
        "route: (\"queue-view\"",
    ),
    ("rate(1 minute)", "rate(5 minutes)", "schedule: (\"expiry-sweep\", \"deadlines\""),
    ("ScheduleExpressionTimezone: Asia/Almaty", "ScheduleExpressionTimezone: UTC", "schedule: (\"expiry-sweep\""),
    (
        "Name: !Sub kezek-${Stage}-age-outs",
        "Name: !Sub kezek-${Stage}-ages",
        "schedule: (\"expiry-sweep\", \"age-outs\"",
    ),
    ("QueueName: !Sub kezek-${Stage}-bulletins\n", "QueueName: !Sub kezek-${Stage}-news\n", "queue: (\"bulletins\""),
    ("\"verify\":{\"S\":[\"1\"]}", "\"verify\":{\"S\":[\"2\"]}", "filter of the stream"),
    ("          SIGNATURE_URL: !Ref SignatureUrl\n", "", "setting: (\"enrolment\", \"SIGNATURE_URL\") is known"),
    // Permissions.
    ("Action: events:PutEvents", "Action: events:*", "EventPublisherRole/Publish has a wildcard: events:*"),
    ("Resource: !GetAtt EventBus.Arn", "Resource: \"*\"", "EventPublisherRole/Publish has a wildcard: *"),
    (
        "Resource: !Sub ${Table.Arn}/index/agenda",
        "Resource: !Sub ${Table.Arn}/index/*",
        "has a wildcard: ${Table.Arn}/index/*",
    ),
    ("log-group:${QueueViewLogs}:*", "log-group:${RegistryLogs}:*", "QueueViewRole/Logs has a wildcard"),
    (
        "Action: [sqs:GetQueueUrl, sqs:SendMessage]\n                Resource: !GetAtt Bulletins.Arn",
        "Action: [sqs:SendMessage]\n                Resource: []",
        "names no action or no resource",
    ),
    ("dynamodb:Query]", "dynamodb:Query, dynamodb:Scan]", "allows dynamodb:Scan"),
    ("dynamodb:Query]", "dynamodb:Query, dynamodb:PartiQLSelect]", "allows dynamodb:PartiQLSelect"),
    (
        "Role: !GetAtt QueueViewRole.Arn",
        "Role: !GetAtt RegistryRole.Arn",
        "RegistryRole is shared by QueueView and Registry",
    ),
    ("Principal: { Service: lambda.amazonaws.com }", "Principal: { AWS: \"*\" }", "can be taken by others than Lambda"),
    (
        "      Role: !GetAtt QueueViewRole.Arn\n",
        "      Role: !GetAtt QueueViewRole.Arn\n      Policies: [AmazonSQSFullAccess]\n",
        "QueueView has a policy that isn't its role's",
    ),
    ("dynamodb:LeadingKeys: [", "dynamodb:LeadingKeys: [\"*\", ", "names *, which is no kind of item"),
    ("ForAllValues:StringLike:", "StringLike:", "is open to every kind of item"),
    (
        "dynamodb:LeadingKeys: [\"L#*\"]",
        "dynamodb:LeadingKeys: [\"L#*\", \"P#*\"]",
        "reader or writer of people's files: \"QueueViewRole\"",
    ),
    // Dead letters and alarms.
    ("VisibilityTimeout: 180", "VisibilityTimeout: 120", "shows messages again after 120 s"),
    ("FunctionResponseTypes: [ReportBatchItemFailures]", "FunctionResponseTypes: []", "fails as a whole"),
    ("BisectBatchOnFunctionError: true", "BisectBatchOnFunctionError: false", "doesn't split a batch that fails"),
    ("MaximumRecordAgeInSeconds: ", "MaximumRecordAgeInSeconds: 9", "gives up when the records are gone"),
    (
        "            DestinationConfig:\n              OnFailure:\n                Type: SQS\n                Destination: !GetAtt StreamDead.Arn\n",
        "",
        "reading Table: has no dead letters",
    ),
    (
        "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt BulletinsDead.Arn\n        maxReceiveCount: 5\n",
        "",
        "vacancy-ingestion reading Bulletins: has no dead letters",
    ),
    (
        "deadLetterTargetArn: !GetAtt AllocationDead.Arn",
        "deadLetterTargetArn: !GetAtt BulletinsDead.Arn",
        "dead letters of another kind",
    ),
    ("maxReceiveCount: 5", "maxReceiveCount: 1", "gives up after 1 receipts"),
    (
        "            DeadLetterConfig:\n              Arn: !GetAtt SchedulesDead.Arn\n",
        "",
        "deadlines has no dead letters",
    ),
    ("<aws.scheduler.scheduled-time>", "<aws.scheduler.execution-id>", "deadlines doesn't hand over its time"),
    (
        "        DestinationConfig:\n          OnFailure:\n            Type: SQS\n            Destination: !GetAtt SchedulesDead.Arn\n",
        "",
        "expiry-sweep has no dead letters",
    ),
    (
        "      Role: !GetAtt QueueViewRole.Arn\n",
        "      Role: !GetAtt QueueViewRole.Arn\n      EventInvokeConfig: { DestinationConfig: { OnFailure: { Destination: !GetAtt EventsDead.Arn } } }\n",
        "queue-view would keep requests as dead letters",
    ),
    ("          DeadLetterConfig: { Arn: !GetAtt EventsDead.Arn }\n", "", "Notices has no dead letters"),
    (
        "rule/kezek-${Stage}/kezek-${Stage}-stages",
        "rule/kezek-${Stage}/kezek-${Stage}-all",
        "Stages may not write dead letters",
    ),
    (
        "QueueName, Value: !GetAtt StreamDead.QueueName",
        "QueueName, Value: !GetAtt EventsDead.QueueName",
        "StreamDead has no alarm",
    ),
    (
        "QueueName, Value: !GetAtt Bulletins.QueueName",
        "QueueName, Value: !GetAtt EventsDead.QueueName",
        "Bulletins has no alarm for what waits too long",
    ),
    (
        "{ Name: FunctionName, Value: !Ref Enrolment }",
        "{ Name: FunctionName, Value: !Ref Registry }",
        "Enrolment has no alarm",
    ),
    ("Alarms: [!Ref EnrolmentErrors]", "Alarms: [!Ref RegistryErrors]", "Enrolment is rolled out past its alarm"),
    ("MetricName: Throttles", "MetricName: Duration", "functions are throttled unseen"),
    ("MetricName: IteratorAge", "MetricName: Duration", "may fall behind unseen"),
    ("MetricName: Invocations", "MetricName: Duration", "ExpirySweep may stand still unseen"),
    ("      AlarmActions: !If [Wakes, [!Ref AlarmTopic], []]\n", "", "tells no one"),
    ("      OKActions: !If [Wakes, [!Ref AlarmTopic], []]\n", "", "doesn't say when it is over"),
    ("      TreatMissingData: notBreaching\n", "", "doesn't know silence"),
    // Care.
    ("      SqsManagedSseEnabled: true\n", "", "isn't encrypted"),
    ("      MessageRetentionPeriod: 1209600\n", "", "for fourteen days"),
    ("KMSMasterKeyId: !GetAtt DataKey.Arn", "KMSMasterKeyId: alias/aws/dynamodb", "isn't encrypted with its own key"),
    ("PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "Table has no way back"),
    ("      DeletionProtectionEnabled: !Ref DeletionProtection\n", "", "isn't protected from deletion"),
    ("EnableKeyRotation: true", "EnableKeyRotation: false", "isn't rotated"),
    ("AttributeName: ttl", "AttributeName: gsk", "Table deletes by \"gsk\""),
    ("{\"eventName\":[\"INSERT\"]", "{\"eventName\":[\"INSERT\",\"REMOVE\"]", "waits for deletions"),
    ("      RetentionInDays: !Ref LogRetentionDays\n", "", "keeps its lines for ever"),
    ("      KmsKeyId: !GetAtt DataKey.Arn\n", "", "isn't encrypted with the stack's key"),
    ("LogGroup: !Ref QueueViewLogs", "LogGroup: !Ref RegistryLogs", "QueueView doesn't write to QueueViewLogs"),
    ("\"route\":\"$context.routeKey\"", "\"route\":\"$context.path\"", "the log of requests shows $context.path"),
    ("\"GET /v1/openapi.json\":", "\"GET /v1/openapi.yaml\":", "GET /v1/openapi.yaml has a limit and isn't a route"),
    ("!FindInMap [Throttling, !Ref Size, PublicBurst]", "100", "has no limit of the mapping"),
    ("Submit: 50, SubmitBurst: 100", "Submit: 50, SubmitBurst: 10", "Submit has no sane limit in region"),
    (
        "      ReservedConcurrentExecutions: !If [Reserves, !FindInMap [Concurrency, !Ref Size, QueueView], !Ref AWS::NoValue]\n",
        "",
        "QueueView doesn't reserve by the mapping",
    ),
    ("MetricName: OffersOverdue", "MetricName: OffersLate", "OffersLate looks at OffersLate, which nobody publishes"),
    ("[\"Kezek\",\"TasksOverdue\"", "[\"Kezek\",\"TasksLate\"", "Dashboard looks at TasksLate"),
    ("MetricName=\\\"Refusals", "MetricName=\\\"Refused", "Dashboard looks at Refused"),
    ("ApplicationIntake: 150", "ApplicationIntake: 950", "country reserves"),
];

#[test]
fn every_check_bites() {
    let whole = Template::text().expect("the template");
    let mut toothless = Vec::new();
    for (from, to, said) in SPOILT {
        if !whole.contains(from) {
            toothless.push(format!("the template doesn't say {from:?}"));
            continue;
        }
        let spoilt = whole.replacen(from, to, 1);
        let failures = match Template::parse(&spoilt) {
            Ok(template) => checks::failures(&template),
            Err(error) => vec![error],
        };
        if !failures.iter().any(|failure| failure.contains(said)) {
            toothless.push(format!("{from:?} → {to:?}: nobody says {said:?}, but {failures:?}"));
        }
    }
    assert!(toothless.is_empty(), "\n{}", toothless.join("\n"));
}

/// A check that no spoilt template fails would be a check of nothing.
#[test]
fn no_check_is_left_out() {
    let whole = Template::text().expect("the template");
    let spoilt = SPOILT.iter().filter_map(|(from, to, _)| Template::parse(&whole.replacen(from, to, 1)).ok());
    let failures: Vec<String> = spoilt.flat_map(|template| checks::failures(&template)).collect();
    let unbitten = checks::ALL.iter().map(|(name, _)| *name);
    let unbitten: Vec<&str> =
        unbitten.filter(|name| !failures.iter().any(|failure| failure.starts_with(name))).collect();
    assert!(unbitten.is_empty(), "{unbitten:?}");
}
