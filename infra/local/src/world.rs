//! The world: one base with its clock, its keys, its functions, its pump. Tests, people and the demo all act through it.
//! Never here: sockets (`server`), paths under `/_local` (`endpoints`), or the way through time (`travel`).

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use kezek_rules::ids::{ApplicationId, InvitationId};
use kezek_shell::{app::App, clock::Clock};
use kezek_store::{NoticeRecord, Store, Subject, table_definition};
use serde_json::json;
use tokio::sync::{Mutex, RwLock};

use crate::{
    aws::{self, Aws},
    clock::{Kept, VirtualClock},
    deployment::{BULLETINS, TABLE, queues},
    functions::Functions,
    heads::Heads,
    keys::{LocalKeys, TokenRequest},
    ledger::Ledger,
    pump::Pump,
    register::{Entry, SimulatedRegister, Told},
    signature::{Mode as SignatureMode, SimulatedSignatures},
};

pub use crate::error::Error;

const CLOCK: &str = "clock";
/// Notices about one thing that are listed.
const NOTICES_MAX: usize = 10_000;

/// What a world is opened with.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The directory of the base; none: memory.
    pub data: Option<PathBuf>,
    /// The port that addresses name.
    pub port: u16,
    /// Where the clock of a new base stands still; none: it runs with real time.
    pub start: Option<DateTime<Utc>>,
    /// What the ids of a new base follow from; none: from a secret of its own.
    pub seed: Option<u64>,
    /// For how long functions keep policies and calendar, as they do where they are deployed; none: one that was just put holds for the
    /// next request.
    pub keep_config: Option<TimeDelta>,
}

/// One base with everything that works on it.
pub struct Local {
    pub(crate) aws: Arc<Aws>,
    pub(crate) clock: VirtualClock,
    pub(crate) functions: Arc<Functions>,
    pub(crate) pump: Pump,
    pub(crate) heads: Arc<Heads>,
    /// Requests go through it side by side; whoever moves the clock goes alone.
    pub(crate) gate: RwLock<()>,
    app: App,
    pub(crate) keys: LocalKeys,
    pub(crate) register: SimulatedRegister,
    pub(crate) signatures: SimulatedSignatures,
    base_url: String,
    /// Up to when every schedule has ticked, in milliseconds.
    ticked: AtomicI64,
    /// With a still clock submissions go one by one, each at an instant of its own.
    pub(crate) submitting: Mutex<()>,
    _lock: Option<std::fs::File>,
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Local({})", self.base_url)
    }
}

impl Local {
    /// Opens a base, or makes a new one, and lets happen what came due since it was last open.
    ///
    /// # Errors
    /// The base is in use or can't be read.
    pub async fn open(options: Options) -> Result<Arc<Self>, Error> {
        let lock = options.data.as_ref().map(lock).transpose()?;
        let base_url = format!("http://127.0.0.1:{}", options.port);
        let clock = VirtualClock::new(options.start, Clock::system());
        let shown = clock.clone();
        let aws = Aws::open(aws::Options {
            path: options.data,
            base_url: base_url.clone(),
            queues: queues(),
            clock: Arc::new(move || shown.now().into()),
        })?;
        match aws.local_get::<Kept>(CLOCK)? {
            Some(kept) => clock.restore(kept),
            None => aws.local_put(CLOCK, &clock.kept())?,
        }
        aws.ensure_table(TABLE, table_definition(TABLE)?).await?;
        let keys = LocalKeys::open(&aws, options.seed)?;
        let store = Store::new(&aws.dynamodb(), TABLE.to_owned());
        let read = clock.clone();
        let app = App::new(
            store,
            Clock::from_fn(move || read.now()),
            keys.identity.clone(),
            keys.person.clone(),
            options.keep_config.unwrap_or(TimeDelta::MIN),
        );
        let app = app.with_signer(keys.referrals.clone());
        let register = SimulatedRegister::new(Arc::clone(&aws), keys.person.clone());
        let signatures = SimulatedSignatures::new(Arc::clone(&aws), keys.person.clone());
        let functions = Arc::new(Functions::new(app.clone(), &aws, &base_url, register.clone(), signatures.clone()));
        let heads = Arc::new(Heads::default());
        let pump = Pump::open(Arc::clone(&aws), Arc::clone(&functions), Arc::clone(&heads))?;
        let local = Self {
            // The tick at the kept instant may have been cut short: it is made again, which changes nothing.
            ticked: AtomicI64::new(clock.now().timestamp_millis() - 1),
            aws,
            clock,
            functions,
            pump,
            heads,
            gate: RwLock::new(()),
            app,
            keys,
            register,
            signatures,
            base_url,
            submitting: Mutex::new(()),
            _lock: lock,
        };
        local.resume().await?;
        Ok(Arc::new(local))
    }

    /// The in-process AWS.
    #[must_use]
    pub fn aws(&self) -> &Arc<Aws> {
        &self.aws
    }

    /// What the functions are given.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The table.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// The functions.
    #[must_use]
    pub const fn functions(&self) -> &Arc<Functions> {
        &self.functions
    }

    /// The simulated registers.
    #[must_use]
    pub const fn register(&self) -> &SimulatedRegister {
        &self.register
    }

    /// Shows an instant and stands there, whatever was shown before: nothing fires. For who lets things fire himself.
    pub fn stand_at(&self, at: DateTime<Utc>) {
        self.clock.hold(at);
    }

    /// What the functions' invocations consume, while someone looks.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        self.functions.ledger()
    }

    /// The stack's address.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Whether the clock stands still between calls.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        self.clock.stands_still()
    }

    pub(crate) fn ticked(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.ticked.load(Ordering::SeqCst)).unwrap_or_default()
    }

    pub(crate) fn set_ticked(&self, at: DateTime<Utc>) {
        self.ticked.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    pub(crate) fn keep_clock(&self) -> Result<(), Error> {
        Ok(self.aws.local_put(CLOCK, &self.clock.kept())?)
    }

    /// Lets the stream and the queues come to rest.
    ///
    /// # Errors
    /// The base failed.
    pub async fn drain(&self) -> Result<(), Error> {
        let _with_others = self.gate.read().await;
        self.pump.drain().await
    }

    /// A token.
    ///
    /// # Errors
    /// What the scope still needs.
    pub fn token(&self, request: &TokenRequest) -> Result<String, Error> {
        self.keys.token(request, self.now()).map_err(Error::Token)
    }

    /// Sends a bulletin to its queue, with everything that follows from it. Answers the message's id.
    ///
    /// # Errors
    /// The base failed.
    pub async fn bulletin(&self, body: &str) -> Result<String, Error> {
        let _with_others = self.gate.read().await;
        let id = self.aws.send(BULLETINS, body, None)?;
        self.pump.drain().await?;
        Ok(id)
    }

    /// The notices of an application, oldest first.
    ///
    /// # Errors
    /// The table failed.
    pub async fn notices(&self, application: ApplicationId) -> Result<Vec<NoticeRecord>, Error> {
        self.notices_about(application.into()).await
    }

    /// The notices about anything that has a cabinet, oldest first; those of an application begin with that of the invitation it came by.
    ///
    /// # Errors
    /// The table failed.
    pub async fn notices_about(&self, subject: Subject) -> Result<Vec<NoticeRecord>, Error> {
        let mut notices = match subject {
            Subject::Application(id) => self.store().notices(InvitationId::of(id), NOTICES_MAX).await?,
            Subject::Complaint(_) | Subject::Invitation(_) => Vec::new(),
        };
        notices.extend(self.store().notices(subject, NOTICES_MAX).await?);
        Ok(notices)
    }

    /// The stage events published, oldest first: up to `limit` after a position.
    ///
    /// # Errors
    /// The base failed.
    pub fn events(&self, limit: usize, after: u64) -> Result<Vec<aws::PublishedEvent>, Error> {
        Ok(self.aws.events(limit, after)?)
    }

    /// Tells the simulated registers what they know, and asks them again for whoever waits for them.
    ///
    /// # Errors
    /// The base failed.
    pub async fn tell_register(&self, told: &Told) -> Result<Entry, Error> {
        let _with_others = self.gate.read().await;
        let entry = self.register.tell(told)?;
        self.pump.retry().await?;
        self.pump.drain().await?;
        Ok(entry)
    }

    /// Tells the simulated registers of a child that nobody has asked them about yet.
    ///
    /// # Errors
    /// The base failed.
    pub fn introduce(&self, told: &Told) -> Result<Entry, Error> {
        self.register.tell(told)
    }

    /// What the simulated registers know.
    ///
    /// # Errors
    /// The base failed.
    pub fn registers(&self) -> Result<Vec<Entry>, Error> {
        self.register.entries()
    }

    /// Replaces the secrets of the base by new versions, as an operator does: they count from the next opening on.
    ///
    /// # Errors
    /// The base failed.
    pub fn rotate_keys(&self) -> Result<(), Error> {
        self.keys.rotate(&self.aws)
    }

    /// Empties everything: table, queues, events, registers. The clock starts again; the keys stay.
    ///
    /// # Errors
    /// The base failed.
    pub async fn reset(&self) -> Result<(), Error> {
        let _alone = self.gate.write().await;
        let (status, answer) =
            self.aws.engine().call("DeleteTable", json!({"TableName": TABLE}).to_string().as_bytes());
        if status != 200 {
            return Err(aws::Error::Call(String::from_utf8_lossy(&answer).into_owned()).into());
        }
        self.clock.restart();
        self.aws.ensure_table(TABLE, table_definition(TABLE)?).await?;
        self.aws.clear()?;
        self.register.forget()?;
        self.signatures.tell(SignatureMode::Ok)?;
        self.pump.reset().await?;
        self.set_ticked(self.clock.now() - TimeDelta::milliseconds(1));
        self.keep_clock()
    }

    /// Keeps what a restart needs; everything else is kept as it happens.
    ///
    /// # Errors
    /// The base failed.
    pub fn close(&self) -> Result<(), Error> {
        // A running clock is kept as it stands now.
        let _ = self.clock.now();
        self.keep_clock()
    }
}

/// An instant as the interface writes it.
#[must_use]
pub fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) fn chain(error: &Error) -> String {
    kezek_shell::error::chain(error)
}

/// Two processes on one base would each keep a clock and a checkpoint of their own.
fn lock(directory: &PathBuf) -> Result<std::fs::File, Error> {
    std::fs::create_dir_all(directory)?;
    let file = std::fs::File::create(directory.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::InUse(directory.clone())),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}
