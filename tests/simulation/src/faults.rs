//! The kinds of faults, how often each strikes in a seed, and how often it did. Never here: what a fault does.

use std::fmt::Write as _;

use kezek_fixtures::chance::Chance;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A message is handed to two readers at once.
    Duplicate,
    /// What could be delivered waits until time has moved.
    Late,
    /// A batch was done, and its acknowledgement is lost: it comes again.
    LostAck,
    /// Messages come in another order than they were sent in.
    Reordered,
    /// An invocation dies before a call.
    CrashBefore,
    /// An invocation dies after a call was executed, before it knows.
    CrashAfter,
    /// A call never arrives; now and then its repetitions don't either.
    CallLost,
    /// A write is executed and its answer lost; the SDK asks again.
    AnswerLost,
    /// A write is executed, and neither its answer nor that to any repetition arrives.
    Unknown,
    /// A service asks for patience, once or longer than the SDK has.
    Throttled,
    /// Another transaction was at the same items.
    Conflict,
    /// The index answers as of a little earlier.
    StaleIndex,
    /// A service takes or gives a part of a batch.
    Partial,
    /// A schedule doesn't tick.
    MissedTick,
    /// A tick starts its sweep late.
    LateTick,
    /// A tick starts two sweeps.
    DoubledTick,
    /// An invocation's clock is up to five seconds off.
    Skew,
    /// An invocation's clock goes back while it runs.
    ClockBack,
    /// A reader of the stream begins again from an earlier place.
    Replayed,
    /// A batch of the stream is cut where no one would.
    Cut,
    /// The base is restored as of a moment inside a transaction.
    Restore,
    /// A newer version writes beside this one, with members that this one doesn't know.
    Newer,
    /// The registers don't answer for a while, or contradict themselves.
    RegistersDown,
    /// The signature service doesn't answer for a while.
    SignaturesDown,
    /// A client's request is done, and its answer lost.
    ClientLost,
    /// A client sends a request twice at once.
    ClientTwice,
}

impl Fault {
    /// All kinds: name, and of ten thousand chances so many strike at the usual strength.
    pub const ALL: [(Fault, &'static str, u32); 26] = [
        (Fault::Duplicate, "duplicate", 600),
        (Fault::Late, "late", 300),
        (Fault::LostAck, "lost-ack", 500),
        (Fault::Reordered, "reordered", 2_500),
        (Fault::CrashBefore, "crash-before", 25),
        (Fault::CrashAfter, "crash-after", 25),
        (Fault::CallLost, "call-lost", 40),
        (Fault::AnswerLost, "answer-lost", 150),
        (Fault::Unknown, "unknown", 120),
        (Fault::Throttled, "throttled", 40),
        (Fault::Conflict, "conflict", 200),
        (Fault::StaleIndex, "stale-index", 1_000),
        (Fault::Partial, "partial", 400),
        (Fault::MissedTick, "missed-tick", 800),
        (Fault::LateTick, "late-tick", 800),
        (Fault::DoubledTick, "doubled-tick", 800),
        (Fault::Skew, "skew", 2_500),
        (Fault::ClockBack, "clock-back", 500),
        (Fault::Replayed, "replayed", 150),
        (Fault::Cut, "cut", 2_000),
        (Fault::Restore, "restore", 40),
        (Fault::Newer, "newer", 2_000),
        (Fault::RegistersDown, "registers-down", 120),
        (Fault::SignaturesDown, "signatures-down", 120),
        (Fault::ClientLost, "client-lost", 300),
        (Fault::ClientTwice, "client-twice", 200),
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(fault, ..)| *fault)
    }
}

/// How often each kind struck.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u64; Fault::ALL.len()]);

impl Counts {
    /// Of one kind.
    #[must_use]
    pub const fn of(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Adds those of another run.
    pub fn add(&mut self, other: &Counts) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
    }

    /// As a table.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        for (fault, name, _) in Fault::ALL {
            let _ = writeln!(text, "{:>12}  {name}", self.of(fault));
        }
        text
    }
}

/// The weather of a seed: what may strike, and how often.
#[derive(Debug, Clone)]
pub struct Weather {
    chance: Chance,
    rates: [u32; Fault::ALL.len()],
    /// What struck.
    pub counts: Counts,
    /// Whether anything strikes now.
    pub on: bool,
}

impl Weather {
    /// Each kind is absent, usual or strong, by the seed; those that weren't asked for are absent.
    #[must_use]
    pub fn of(seed: u64, only: &[Fault]) -> Self {
        let mut chance = Chance::of(seed, "weather");
        let rates = Fault::ALL.map(|(fault, _, usual)| {
            let strength = [0, 1, 1, 1, 1, 2, 3][chance.below(7)];
            if only.is_empty() {
                usual * strength
            } else if only.contains(&fault) {
                usual * strength.max(1)
            } else {
                0
            }
        });
        Self { chance, rates, counts: Counts::default(), on: false }
    }

    /// Whether a kind strikes now; counted if so.
    pub fn strikes(&mut self, fault: Fault) -> bool {
        let rate = usize::try_from(self.rates[fault as usize]).unwrap_or(0);
        let strikes = self.on && rate > 0 && self.chance.below(10_000) < rate;
        if strikes {
            self.counts.0[fault as usize] += 1;
        }
        strikes
    }

    /// How often anything struck.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.counts.0.iter().sum()
    }

    /// Takes one back: there was nothing to strike at.
    pub fn missed(&mut self, fault: Fault) {
        self.counts.0[fault as usize] = self.counts.0[fault as usize].saturating_sub(1);
    }

    /// How a fault strikes.
    pub const fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }
}
