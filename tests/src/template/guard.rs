//! The local stack under the roles of the template: each function may do what its role allows it, and no more. The stories run so,
//! therefore a permission that is missing fails them as it would fail the deployed system. Never here: the permissions themselves.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use kezek_local::aws::{Access, Guard};

use super::Template;
use super::policy::like;

static DEPLOYED: LazyLock<Arc<Template>> =
    LazyLock::new(|| Arc::new(Template::load().expect("template.yaml can be read")));

/// The roles of the template as a guard, with what was asked of them.
#[derive(Debug)]
pub struct Roles {
    template: Arc<Template>,
    asked: Mutex<BTreeSet<Access>>,
    refused: Mutex<BTreeSet<Access>>,
    keeps: bool,
}

impl Roles {
    /// The deployed roles.
    #[must_use]
    pub fn deployed() -> Arc<Self> {
        Arc::new(Self::new(false))
    }

    /// The same, keeping what is asked of them.
    #[must_use]
    pub fn keeping_count() -> Arc<Self> {
        Arc::new(Self::new(true))
    }

    fn new(keeps: bool) -> Self {
        Self { template: Arc::clone(&DEPLOYED), asked: Mutex::default(), refused: Mutex::default(), keeps }
    }

    /// What was asked and refused.
    #[must_use]
    pub fn refused(&self) -> BTreeSet<Access> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What no one asked of the roles of functions that they allow: by function, statement and action or pattern of leading keys.
    /// Actions that Lambda itself needs, outside the functions' code, aren't among it.
    #[must_use]
    pub fn idle(&self) -> BTreeSet<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut idle = BTreeSet::new();
        for function in self.template.functions.values() {
            let statements = self.template.roles.get(&function.role).into_iter().flatten();
            for statement in statements.filter(|statement| !statement.is_lambdas_own()) {
                let (folder, sid) = (&function.folder, &statement.sid);
                let used: Vec<&Access> = asked
                    .iter()
                    .filter(|access| access.caller == folder && statement.covers(access, &self.template))
                    .collect();
                let actions = statement.actions.iter().filter(|action| !used.iter().any(|one| one.action == **action));
                idle.extend(actions.map(|action| format!("{folder} {sid} {action}")));
                let touched =
                    |pattern: &&String| used.iter().flat_map(|one| &one.leading_keys).any(|key| like(pattern, key));
                let patterns = statement.leading_keys();
                idle.extend(patterns.iter().filter(|one| !touched(one)).map(|one| format!("{folder} {sid} {one}")));
            }
        }
        idle
    }
}

impl Guard for Roles {
    fn allows(&self, access: &Access) -> bool {
        if self.keeps {
            // The kind of item is enough: which one it is would make it a list of everything.
            let fixed = |part: &&str| part.trim_end_matches('#').bytes().all(|byte| byte.is_ascii_uppercase());
            let kind = |key: &String| key.split_inclusive('#').take_while(fixed).collect::<String>();
            let leading_keys = access.leading_keys.iter().map(kind).collect::<BTreeSet<_>>().into_iter().collect();
            let short = Access { leading_keys, ..access.clone() };
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(short);
        }
        let function = self.template.functions.values().find(|function| function.folder == access.caller);
        let statements = function.and_then(|function| self.template.roles.get(&function.role)).into_iter().flatten();
        let allowed = statements.into_iter().any(|statement| statement.covers(access, &self.template));
        if !allowed {
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(access.clone());
        }
        allowed
    }
}
