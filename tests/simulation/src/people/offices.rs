//! What officers, state systems and strangers do. Never here: what they learn (`told`).

use kezek_fixtures as fixtures;
use kezek_local::{
    gateway::Request,
    keys::TokenRequest,
    register::{Mode, Told},
};
use kezek_rules::policy::PolicyVersion;
use serde_json::{Value, json};

use crate::{
    errand::Kind,
    error::Broken,
    people::{CHILDREN, SETTLEMENT},
    sim::Sim,
};

/// What a town's policy may decide otherwise (the decisions are the rules' own).
const VARIANTS: [&str; 8] = [
    r#"{}"#,
    r#"{"outOfHours":"at-once","termEnd":"18:30","interleave":{"general":2,"leading":"general"}}"#,
    r#"{"decline":"application","cancel":"archive","temporaryDecline":"as-any","suspensionWorkingDays":2}"#,
    r#"{"siblings":"off","refusalReview":"none","temporary":"at-end","relocation":"everyone"}"#,
    r#"{"unconfirmedBenefit":"general","lapse":"return","cohort":"calendar-year","resubmission":"never"}"#,
    r#"{"change":"new","readd":"kept","officer":"all-lanes-with-documents","siblingScope":"general-lane"}"#,
    r#"{"simultaneous":"one"}"#,
    r#"{"outOfHours":"at-once","interleave":{"general":1,"leading":"first-priority"}}"#,
];

impl Sim {
    /// Looks at the tasks, or decides one.
    pub(crate) fn officer_acts(&mut self) {
        let token = self.officer();
        let known = self.people.tasks.clone();
        let Some(task) = self.acts.pick(&known).filter(|_| self.acts.percent(75)) else {
            let request = Request::new("GET", "/v1/workplace/tasks?limit=100").bearer(&token);
            return self.errand(Kind::Tasks, None, request);
        };
        self.people.tasks.retain(|other| other != &task);
        let confirm = self.acts.percent(75);
        let (path, about, body) = if let Some(complaint) = task["complaint"].as_str() {
            let body = match self.acts.below(3) {
                0 => json!({"state": "in-review"}),
                1 => json!({"state": "answered", "answer": "сынақ"}),
                _ => json!({"state": "refused", "answer": "сынақ"}),
            };
            (format!("/v1/workplace/complaints/{complaint}/state"), None, body)
        } else if let Some(application) = task["application"].as_str() {
            let about = Some(application.to_owned());
            let referral = self.oracle.applications.get(application).and_then(|facts| facts.referral.clone());
            match referral {
                Some(referral) if task["kind"] == "refusal-review" => {
                    let body = if confirm { json!({"decision": "uphold"}) } else { json!({"decision": "overturn"}) };
                    (format!("/v1/workplace/referrals/{referral}/review"), about, body)
                }
                _ if confirm => {
                    let path = format!("/v1/workplace/applications/{application}/decision");
                    (path, about, json!({"decision": "confirm"}))
                }
                _ => {
                    let ground = 1 + self.acts.below(3);
                    let path = format!("/v1/workplace/applications/{application}/decision");
                    (path, about, json!({"decision": "refuse", "ground": ground, "note": "сынақ"}))
                }
            }
        } else {
            return;
        };
        let request = Request::new("POST", &path).bearer(&token).header("if-match", "*").json(&body);
        self.errand(Kind::Other, about, request);
    }

    /// `P3.2`.
    pub(crate) fn officer_archives(&mut self) {
        let with: Vec<String> = self.people.families.iter().filter_map(|family| family.id.clone()).collect();
        let Some(id) = self.acts.pick(&with) else { return };
        let path = format!("/v1/workplace/applications/{id}/archive");
        let body = json!({"reason": "violation", "note": "сынақ"});
        let request = Request::new("POST", &path).bearer(&self.officer()).json(&body);
        self.errand(Kind::Other, Some(id), request);
    }

    /// What the registers know of a child.
    pub(crate) fn know(&mut self, child: u32, benefits: &[u8]) {
        let told = Told {
            iin: Some(fixtures::iin(CHILDREN + child).as_str().to_owned()),
            benefits: Some(benefits.to_vec()),
            mode: Mode::Ok,
        };
        // The base in memory takes it; what it wouldn't take shows in the next check.
        let _ = self.local.register().tell(&told);
    }

    pub(crate) fn registers_hear(&mut self) -> Result<(), Broken> {
        let n = self.acts.below(self.people.families.len());
        let child = self.people.families[n].child;
        let benefits: &[u8] = [&[10][..], &[6], &[10, 6], &[]][self.acts.below(4)];
        self.know(child, benefits);
        Ok(())
    }

    /// `P18`.
    pub(crate) fn complains(&mut self) {
        if let Some((applicant, id)) = self.acts.pick(&self.people.complaints.clone()).filter(|_| self.acts.percent(40))
        {
            let request = Request::new("GET", &format!("/v1/complaints/{id}")).bearer(&self.parent(applicant));
            return self.errand(Kind::Other, None, request);
        }
        let n = self.acts.below(self.people.families.len());
        let family = self.people.families[n].clone();
        let key = format!("complaint-{}", self.number());
        let body = json!({"about": "provider", "settlement": SETTLEMENT, "text": "сынақ"});
        let request = Request::new("POST", "/v1/complaints").bearer(&self.parent(family.applicant));
        self.errand(Kind::Complaint(family.applicant), None, request.header("idempotency-key", &key).json(&body));
    }

    /// `P7`: a family that has not applied is invited.
    pub(crate) fn invites(&mut self) {
        let without = (0..self.people.families.len()).filter(|n| self.people.families[*n].id.is_none());
        let without: Vec<usize> = without.collect();
        let Some(n) = self.acts.pick(&without) else { return };
        let family = self.people.families[n].clone();
        if let Some((_, id)) = self.people.invitations.iter().find(|(of, _)| *of == n).cloned() {
            let gardens: Vec<String> = self.people.gardens.iter().map(|garden| garden.bin.to_string()).collect();
            let body = json!({"consent": true, "language": "kk", "organisations": self.acts.some(&gardens, 4)});
            let request = Request::new("POST", &format!("/v1/invitations/{id}/answer"));
            let request = request.bearer(&self.parent(family.applicant)).json(&body);
            return self.errand(Kind::Other, None, request);
        }
        let (applicant, child) = (fixtures::iin(family.applicant), fixtures::iin(CHILDREN + family.child));
        let whole = fixtures::application(applicant, child, family.born, &[]);
        let body = json!({"applicant": whole["applicant"], "child": whole["child"], "settlement": SETTLEMENT});
        let state = self.token(TokenRequest { scope: "state-system".to_owned(), ..TokenRequest::default() });
        self.errand(Kind::Other, None, Request::new("POST", "/v1/invitations").bearer(&state).json(&body));
    }

    /// `K5`: from tomorrow on. Only at a distance, so that a queue's phase knows each of them.
    pub(crate) fn publishes_policy(&mut self) {
        if self.people.policies < 3 {
            let from = self.day(1).to_string();
            self.policy_from(&from);
        }
    }

    pub(crate) fn policy_from(&mut self, from: &str) {
        let changes: Value = serde_json::from_str(VARIANTS[self.acts.below(VARIANTS.len())]).unwrap_or_default();
        self.people.policies += 1;
        let mut body = serde_json::to_value(PolicyVersion::built_in()).unwrap_or_default();
        body["id"] = json!("town");
        body["version"] = json!(self.people.policies);
        body["from"] = json!(from);
        for (name, value) in changes.as_object().into_iter().flatten() {
            body["policy"][name] = value.clone();
        }
        let request = Request::new("PUT", "/v1/workplace/policies/town").bearer(&self.officer()).json(&body);
        self.errand(Kind::Other, None, request);
    }

    /// `C3`: one of the next days becomes a day off.
    pub(crate) fn patches_calendar(&mut self) {
        let days = self.acts.between(1, 12);
        let (day, year) = (self.day(days), self.day(days).format("%Y").to_string());
        let body = json!({"daysOff": [day.to_string()], "workingWeekends": []});
        let request = Request::new("PUT", &format!("/v1/workplace/calendar/{year}")).bearer(&self.officer());
        let request = if self.acts.percent(50) { request.header("if-match", "*") } else { request };
        self.errand(Kind::Other, None, request.json(&body));
        self.ticks.recount_until = self.now() + chrono::TimeDelta::minutes(6);
    }

    /// An organisation is put into the registry again, now and then closed for a while.
    pub(crate) fn registers_again(&mut self) {
        let n = self.acts.below(self.people.gardens.len());
        let garden = self.people.gardens[n].clone();
        let mut body = fixtures::organisation(SETTLEMENT);
        body["streams"] = json!(garden.streams);
        body["open"] = json!(self.acts.percent(70));
        let path = format!("/v1/workplace/organisations/{}", garden.bin);
        let request = Request::new("PUT", &path).bearer(&self.officer()).header("if-match", "*").json(&body);
        self.errand(Kind::Other, None, request);
    }

    /// 14: someone reaches for what isn't theirs.
    pub(crate) fn reaches_for_others(&mut self) {
        let with: Vec<_> =
            self.people.families.iter().filter_map(|f| Some((f.applicant, f.id.clone()?, f.seen.clone()))).collect();
        let Some((owner, id, seen)) = self.acts.pick(&with) else { return };
        let (garden, other) = (self.people.gardens[0].bin, self.people.gardens[1].bin);
        let stranger = self.parent(owner + 40_000);
        let elsewhere =
            TokenRequest { scope: "officer".to_owned(), territory: Some("10".to_owned()), ..TokenRequest::default() };
        let elsewhere = self.token(elsewhere);
        let offer = seen["offers"][0]["id"].as_str().unwrap_or("00000000000000000000000000000000").to_owned();
        let path = format!("/v1/applications/{id}");
        let request = match self.acts.below(8) {
            0 => Request::new("GET", &path).bearer(&stranger),
            1 => Request::new("GET", &format!("{path}/position")).bearer(&stranger),
            2 => Request::new("POST", &format!("{path}/withdrawal")).bearer(&stranger),
            3 => Request::new("POST", &format!("{path}/offers/{offer}/answer"))
                .bearer(&stranger)
                .json(&json!({"answer": "decline"})),
            4 => {
                Request::new("PATCH", &path).bearer(&stranger).header("if-match", "*").json(&json!({"notBefore": null}))
            }
            5 => Request::new("POST", &format!("/v1/workplace/applications/{id}/archive"))
                .bearer(&elsewhere)
                .json(&json!({"reason": "violation", "note": "сынақ"})),
            6 => Request::new("GET", &format!("/v1/organisations/{other}/referrals")).bearer(&self.of_garden(garden)),
            _ => Request::new("GET", &path).bearer(&elsewhere),
        };
        self.errand(Kind::Stranger, Some(id), request);
    }

    /// `P15.6`: anyone looks at a queue.
    pub(crate) fn looks_at_queue(&mut self) {
        let n = self.acts.below(self.people.gardens.len());
        let bin = self.people.gardens[n].bin;
        let year = 2020 + self.acts.below(4);
        let path = format!("/v1/queues/{bin}?birthYear={year}&language=kk");
        self.errand(Kind::Other, None, Request::new("GET", &path));
    }
}
