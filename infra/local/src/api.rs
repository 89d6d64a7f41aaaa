//! The HTTP API from inside the process: a request goes through the gateway's translation to its function, and everything that
//! follows from it is done before it is answered. Never here: sockets (`server`).

use chrono::{DateTime, Utc};

use crate::{
    functions::Function,
    gateway::{self, Request, Response},
    world::{Local, chain},
};

/// What registers an application: a submission, and the consent to an invitation or in a single application.
const SUBMITTING: [(&str, &str); 3] =
    [("POST", "/v1/applications"), ("POST", "/v1/invitations"), ("POST", "/v1/invitations/{id}/answer")];

impl Local {
    /// One request of the HTTP API, with everything that follows from it.
    pub async fn request(&self, request: Request) -> Response {
        let _with_others = self.gate.read().await;
        let reads = matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        let response = self.serve(&request).await;
        if !reads && let Err(error) = self.pump.drain().await {
            tracing::error!(error = %chain(&error), "what follows from a request could not be done");
        }
        response
    }

    async fn serve(&self, request: &Request) -> Response {
        let Some(gateway::Target { function, route, parameters }) = gateway::find(&request.method, &request.path)
        else {
            return Response::message(404, "Not Found");
        };
        let submits = function == Function::ApplicationIntake && SUBMITTING.contains(&(route.method, route.path));
        let one_by_one = if submits && self.stands_still() { Some(self.submitting.lock().await) } else { None };
        let now = self.clock.now();
        let event = gateway::event(request, &route, &parameters, now);
        let answer = self.functions.invoke(function, event).await;
        let response = answer.map(|answer| Response::from_answer(&answer));
        match response {
            Ok(Some(response)) => {
                if one_by_one.is_some() && response.status == 201 {
                    self.nudge(&response, now);
                }
                response
            }
            Ok(None) => {
                tracing::error!(function = function.name(), "an answer that is no HTTP answer");
                Response::message(500, "Internal Server Error")
            }
            Err(error) => {
                tracing::error!(%error, "a request failed");
                Response::message(500, "Internal Server Error")
            }
        }
    }

    /// A submission that was stored just now moves a still clock by a millisecond, so that order is never a draw (`P10.b`).
    fn nudge(&self, response: &Response, now: DateTime<Utc>) {
        let answer = response.json();
        let at = answer["submittedAt"].as_str().or(answer["answeredAt"].as_str());
        let submitted = at.and_then(|at| at.parse::<DateTime<Utc>>().ok());
        if submitted == Some(now) {
            self.clock.nudge();
            if let Err(error) = self.keep_clock() {
                tracing::error!(error = %chain(&error), "the clock could not be kept");
            }
        }
    }
}
