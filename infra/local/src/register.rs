//! The state registers, simulated: what they know of a child is told to them, kept under the child's keyed hash.
//! Never here: what follows from an answer (that is `document-verification`).

use std::sync::Arc;

use document_verification::{RegisterError, StateRegister};
use kezek_shell::keys::Keys;
use serde::{Deserialize, Serialize};

use crate::{aws::Aws, world::Error};

const CHILD: &str = "register/";
const MODE: &str = "register-mode";

/// How a register behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It answers.
    #[default]
    Ok,
    /// It answers late: no later than others here, since time is virtual.
    Slow,
    /// It doesn't answer.
    Down,
    /// Its answers contradict each other.
    Contradictory,
}

/// What is told to the registers. Without a child the mode is that of all of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The child's number.
    #[serde(default)]
    pub iin: Option<String>,
    /// Its benefit categories; absent: those known before.
    #[serde(default)]
    pub benefits: Option<Vec<u8>>,
    /// How the registers behave.
    #[serde(default)]
    pub mode: Mode,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    benefits: Vec<u8>,
    mode: Mode,
}

/// What the registers know of one child.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The child's keyed hash; none for all children.
    pub child: Option<String>,
    /// Its benefit categories.
    pub benefits: Vec<u8>,
    /// How the registers behave for it.
    pub mode: Mode,
}

/// The simulated registers.
#[derive(Clone)]
pub struct SimulatedRegister {
    aws: Arc<Aws>,
    keys: Keys,
}

impl std::fmt::Debug for SimulatedRegister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SimulatedRegister")
    }
}

impl SimulatedRegister {
    /// The registers of a base.
    #[must_use]
    pub const fn new(aws: Arc<Aws>, keys: Keys) -> Self {
        Self { aws, keys }
    }

    /// Tells them.
    ///
    /// # Errors
    /// The base failed.
    pub fn tell(&self, told: &Told) -> Result<Entry, Error> {
        let Some(iin) = &told.iin else {
            self.aws.local_put(MODE, &told.mode)?;
            return Ok(Entry { child: None, benefits: Vec::new(), mode: told.mode });
        };
        let child = self.keys.person(iin).current().to_string();
        let before = self.aws.local_get::<Known>(&format!("{CHILD}{child}"))?;
        let benefits = told.benefits.clone().or(before.map(|known| known.benefits)).unwrap_or_default();
        let known = Known { benefits, mode: told.mode };
        self.aws.local_put(&format!("{CHILD}{child}"), &known)?;
        Ok(Entry { child: Some(child), benefits: known.benefits, mode: known.mode })
    }

    /// All they know.
    ///
    /// # Errors
    /// The base failed.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        let known = self.aws.local_list::<Known>(CHILD)?;
        let entry = |(key, known): (String, Known)| Entry {
            child: Some(key.trim_start_matches(CHILD).to_owned()),
            benefits: known.benefits,
            mode: known.mode,
        };
        let all = self.aws.local_get::<Mode>(MODE)?.filter(|mode| *mode != Mode::Ok);
        let all = all.map(|mode| Entry { child: None, benefits: Vec::new(), mode });
        Ok(all.into_iter().chain(known.into_iter().map(entry)).collect())
    }

    /// Makes them forget everything.
    ///
    /// # Errors
    /// The base failed.
    pub fn forget(&self) -> Result<(), Error> {
        self.aws.local_forget(CHILD)?;
        Ok(self.aws.local_put(MODE, &Mode::Ok)?)
    }

    fn ask(&self, child_iin: &str) -> Result<(Vec<u8>, Mode), crate::aws::Error> {
        let all = self.aws.local_get::<Mode>(MODE)?.unwrap_or_default();
        let mut known = None;
        for child in self.keys.person(child_iin).all() {
            known = known.or(self.aws.local_get::<Known>(&format!("{CHILD}{child}"))?);
        }
        let known = known.unwrap_or(Known { benefits: Vec::new(), mode: Mode::Ok });
        Ok((known.benefits, if all == Mode::Ok { known.mode } else { all }))
    }
}

impl StateRegister for SimulatedRegister {
    async fn benefits(&self, child_iin: &str) -> Result<Vec<u8>, RegisterError> {
        match self.ask(child_iin) {
            Err(_) | Ok((_, Mode::Down)) => Err(RegisterError::Unavailable),
            Ok((_, Mode::Contradictory)) => Err(RegisterError::Contradictory),
            Ok((benefits, Mode::Ok | Mode::Slow)) => Ok(benefits),
        }
    }
}
