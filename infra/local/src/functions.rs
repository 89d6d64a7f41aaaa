//! The functions of the stack, wired to the in-process AWS as their `main.rs` wires them to the real one, and their routes.
//! Never here: what wakes them (`gateway`, `pump`, `travel`).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use document_verification::Verification;
use enrolment::Enrolment;
use event_publisher::Publisher;
use kezek_shell::{
    app::App,
    lambda::{self, Invocation},
    route::Route,
};
use kezek_store::{Trace, meter::measured};
use serde_json::Value;
use vacancy_ingestion::{Ingestion, SenderRole};

use crate::{
    aws::{ACCOUNT, Aws, calling_as},
    deployment::{ALLOCATION, BULLETINS_DEAD, BUS},
    ledger::{Ledger, woken_by},
    register::SimulatedRegister,
    signature::SimulatedSignatures,
};

/// A function of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Applications of parents.
    ApplicationIntake,
    /// Register checks and the officer's workplace.
    DocumentVerification,
    /// Bulletins.
    VacancyIngestion,
    /// Offers and answers.
    Allocation,
    /// From the referral to the contract.
    Enrolment,
    /// The schedules' sweeps.
    ExpirySweep,
    /// Positions and public queues.
    QueueView,
    /// Organisations, calendar, policies.
    Registry,
    /// Complaints.
    ComplaintHandling,
    /// The outbox.
    EventPublisher,
}

impl Function {
    /// All functions.
    pub const ALL: [Function; 10] = [
        Function::ApplicationIntake,
        Function::DocumentVerification,
        Function::VacancyIngestion,
        Function::Allocation,
        Function::Enrolment,
        Function::ExpirySweep,
        Function::QueueView,
        Function::Registry,
        Function::ComplaintHandling,
        Function::EventPublisher,
    ];

    /// Its folder, crate and binary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Function::ApplicationIntake => "application-intake",
            Function::DocumentVerification => "document-verification",
            Function::VacancyIngestion => "vacancy-ingestion",
            Function::Allocation => "allocation",
            Function::Enrolment => "enrolment",
            Function::ExpirySweep => "expiry-sweep",
            Function::QueueView => "queue-view",
            Function::Registry => "registry",
            Function::ComplaintHandling => "complaint-handling",
            Function::EventPublisher => "event-publisher",
        }
    }

    /// Its routes of the HTTP API.
    #[must_use]
    pub const fn routes(self) -> &'static [Route] {
        match self {
            Function::ApplicationIntake => application_intake::ROUTES,
            Function::DocumentVerification => document_verification::ROUTES,
            Function::VacancyIngestion => vacancy_ingestion::ROUTES,
            Function::Allocation => allocation::ROUTES,
            Function::Enrolment => enrolment::ROUTES,
            Function::QueueView => queue_view::ROUTES,
            Function::Registry => registry::ROUTES,
            Function::ComplaintHandling => complaint_handling::ROUTES,
            Function::ExpirySweep | Function::EventPublisher => &[],
        }
    }
}

/// An invocation came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The function answered with an error.
    #[error("{0} failed: {1}")]
    Failed(&'static str, String),
    /// The function panicked.
    #[error("{0} panicked")]
    Panicked(&'static str),
}

/// The functions with what they are wired to.
pub struct Functions {
    app: App,
    ingestion: Ingestion,
    verification: Verification<SimulatedRegister>,
    enrolment: Enrolment<SimulatedSignatures>,
    publisher: Publisher,
    ledger: Ledger,
    /// How many invocations there were.
    invocations: AtomicU64,
}

impl Functions {
    /// Wires them.
    #[must_use]
    pub fn new(
        app: App,
        aws: &Arc<Aws>,
        base_url: &str,
        register: SimulatedRegister,
        signatures: SimulatedSignatures,
    ) -> Self {
        let publisher = Publisher {
            app: app.clone(),
            bus: aws.eventbridge(),
            bus_name: BUS.to_owned(),
            queue: aws.sqs(),
            allocation_queue_url: format!("{base_url}/{ACCOUNT}/{ALLOCATION}"),
        };
        let ingestion = Ingestion {
            app: app.clone(),
            // Whoever reaches this machine may post bulletins.
            sender: SenderRole::default(),
            queue: aws.sqs(),
            dead_letters_url: format!("{base_url}/{ACCOUNT}/{BULLETINS_DEAD}"),
        };
        let verification = Verification { app: app.clone(), register };
        let enrolment = Enrolment { app: app.clone(), signatures };
        Self {
            ingestion,
            verification,
            enrolment,
            publisher,
            app,
            ledger: Ledger::default(),
            invocations: AtomicU64::new(0),
        }
    }

    /// Invokes one function. A panic ends the invocation, not the stack.
    ///
    /// # Errors
    /// It failed or panicked.
    pub async fn invoke(self: &Arc<Self>, function: Function, event: Value) -> Result<Value, InvokeError> {
        let functions = Arc::clone(self);
        let name = function.name();
        let work = move || async move { calling_as(name, functions.metered(function, event)).await };
        let answer = crate::workers::run(work).await;
        match answer {
            Some(answer) => answer.map_err(|error| InvokeError::Failed(name, error)),
            None => Err(InvokeError::Panicked(name)),
        }
    }

    /// The same here, in the task that asks: for who decides himself when an invocation goes on. The future can't move to another thread.
    ///
    /// # Errors
    /// It failed or panicked.
    pub async fn invoke_here(self: Arc<Self>, function: Function, event: Value) -> Result<Value, InvokeError> {
        let name = function.name();
        let answer = calling_as(name, self.metered(function, event)).await;
        answer.map_err(|error| InvokeError::Failed(name, error))
    }

    /// The ledger of what invocations consume.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    async fn metered(&self, function: Function, event: Value) -> Result<Value, String> {
        if !self.ledger.is_open() {
            return self.call(function, event).await;
        }
        let woken_by = woken_by(&event);
        let (answer, usage) = measured(self.call(function, event)).await;
        self.ledger.add(function, woken_by, usage);
        answer
    }

    /// In the frame that every function has on Lambda too.
    async fn call(&self, function: Function, event: Value) -> Result<Value, String> {
        let invocation = self.invocation(function, &event);
        let answer = lambda::serve(&self.app, &invocation, event, |event| self.handle(function, event)).await;
        answer.map_err(|error| kezek_shell::error::chain(error.as_ref()))
    }

    /// With an id and a trace as Lambda and X-Ray give them: what an event of the history weighs depends on them.
    fn invocation(&self, function: Function, event: &Value) -> Invocation {
        let (now, nth) = (self.app.clock.now(), self.invocations.fetch_add(1, Ordering::Relaxed) + 1);
        let (second, milli) = (now.timestamp(), now.timestamp_subsec_millis());
        let id = format!("{second:08x}-{milli:04x}-4000-8000-{nth:012x}");
        let own = || Trace::from_xray(&format!("Root=1-{second:08x}-{nth:024x};Parent={nth:016x};Sampled=1"));
        // What a request brings, the function's frame reads itself.
        let trace = if lambda::trace_of(event).is_none() { own() } else { None };
        Invocation { function: function.name(), id, trace }
    }

    async fn handle(&self, function: Function, event: Value) -> Result<Value, lambda_runtime::Error> {
        let app = &self.app;
        match function {
            Function::ApplicationIntake => Box::pin(application_intake::handle(app, event)).await,
            Function::DocumentVerification => Box::pin(document_verification::handle(&self.verification, event)).await,
            Function::VacancyIngestion => Box::pin(vacancy_ingestion::handle(&self.ingestion, event)).await,
            Function::Allocation => Box::pin(allocation::handle(app, event)).await,
            Function::Enrolment => Box::pin(enrolment::handle(&self.enrolment, event)).await,
            Function::ExpirySweep => Box::pin(expiry_sweep::handle(app, event)).await,
            Function::QueueView => Box::pin(queue_view::handle(app, event)).await,
            Function::Registry => Box::pin(registry::handle(app, event)).await,
            Function::ComplaintHandling => Box::pin(complaint_handling::handle(app, event)).await,
            Function::EventPublisher => Box::pin(event_publisher::handle(&self.publisher, event)).await,
        }
    }
}
