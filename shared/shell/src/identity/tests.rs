//! Attacks on tokens, and the keeping of an issuer's keys, all on virtual time and without a network, save the adapter's own tests
//! against a server on loopback.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, encode};
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://login.example/";
const AUDIENCE: &str = "kezek";

/// A key pair of an issuer, made once.
struct Pair {
    private: EncodingKey,
    public: Jwk,
    /// The public half as a PEM file has it.
    pem: String,
}

fn made() -> Pair {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().expect("its bytes");
    let pem = |kind: &str, der: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {kind} KEY-----\n{text}\n-----END {kind} KEY-----\n")
    };
    let private = EncodingKey::from_rsa_pem(pem("PRIVATE", der.as_ref()).as_bytes()).expect("a private key");
    let public = Jwk::from_encoding_key(&private, Algorithm::RS256).expect("a public key");
    let half: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der().expect("its bytes");
    Pair { private, public, pem: pem("PUBLIC", half.as_ref()) }
}

static FIRST: LazyLock<Pair> = LazyLock::new(made);
static SECOND: LazyLock<Pair> = LazyLock::new(made);

fn named(pair: &Pair, kid: &str) -> Jwk {
    let mut jwk = pair.public.clone();
    jwk.common.key_id = Some(kid.to_owned());
    jwk
}

fn now() -> DateTime<Utc> {
    "2026-01-12T05:00:00Z".parse().expect("an instant")
}

fn good() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "scope": "openid applicant", "token_use": "access", "iin": "000000000010",
        "exp": now().timestamp() + 60, "nbf": now().timestamp()})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().expect("claims").remove(name);
    claims
}

fn header_of(kid: &str) -> Header {
    Header { kid: Some(kid.to_owned()), ..Header::new(ALGORITHM) }
}

fn signed(pair: &Pair, kid: &str, claims: &Value) -> String {
    encode(&header_of(kid), claims, &pair.private).expect("a token")
}

fn keys() -> Keys {
    Keys::new(b"secret".to_vec(), 1)
}

fn identity() -> Identity {
    Identity::new(&JwkSet { keys: vec![named(&FIRST, "one")] }, ISSUER.to_owned(), AUDIENCE.to_owned())
}

async fn check(token: &str, expected: Result<Caller, TokenError>) {
    let found = identity().caller(token, &keys(), now()).await.map(|identified| identified.caller);
    assert_eq!(found, expected, "{token}");
}

async fn claims(claims: Value, expected: Result<Caller, TokenError>) {
    check(&signed(&FIRST, "one", &claims), expected).await;
}

fn applicant() -> Caller {
    Caller::Applicant(keys().person("000000000010"))
}

#[tokio::test]
async fn a_good_token_is_its_bearers() {
    claims(good(), Ok(applicant())).await;
    claims(with("aud", json!(["other", AUDIENCE])), Ok(applicant())).await;
    claims(without("nbf"), Ok(applicant())).await;
    claims(without("token_use"), Ok(applicant())).await;
    let mut typed = header_of("one");
    typed.typ = Some("at+JWT".to_owned());
    check(&encode(&typed, &good(), &FIRST.private).expect("a token"), Ok(applicant())).await;
}

#[tokio::test]
async fn another_algorithm_is_refused_whatever_it_signs_with() {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for none in ["none", "None", "NONE", ""] {
        let unsigned = format!("{}.{}.", part(&json!({"alg": none, "kid": "one"})), part(&good()));
        check(&unsigned, Err(TokenError::Malformed)).await;
    }
    // The public key, which everyone has, taken for a shared secret.
    let public = serde_json::to_vec(&named(&FIRST, "one")).expect("JSON");
    for (algorithm, secret) in [
        (Algorithm::HS256, public.as_slice()),
        (Algorithm::HS512, public.as_slice()),
        (Algorithm::HS256, FIRST.pem.as_bytes()),
        (Algorithm::HS256, b"".as_slice()),
    ] {
        let header = Header { kid: Some("one".to_owned()), ..Header::new(algorithm) };
        let shared = encode(&header, &good(), &EncodingKey::from_secret(secret)).expect("a token");
        check(&shared, Err(TokenError::Algorithm)).await;
    }
    for algorithm in [Algorithm::RS384, Algorithm::PS256] {
        let header = Header { kid: Some("one".to_owned()), ..Header::new(algorithm) };
        check(&encode(&header, &good(), &FIRST.private).expect("a token"), Err(TokenError::Algorithm)).await;
    }
}

#[tokio::test]
async fn another_key_is_refused() {
    check(&signed(&SECOND, "one", &good()), Err(TokenError::Signature)).await;
    check(&signed(&FIRST, "two", &good()), Err(TokenError::UnknownKey)).await;
    let nameless = encode(&Header::new(ALGORITHM), &good(), &FIRST.private).expect("a token");
    check(&nameless, Err(TokenError::UnknownKey)).await;
    // A key that the token brings along, or says where to get, is none of the issuer's.
    let mut brought = header_of("mine");
    brought.jwk = Some(named(&SECOND, "mine"));
    brought.jku = Some("https://forger.example/keys".to_owned());
    check(&encode(&brought, &good(), &SECOND.private).expect("a token"), Err(TokenError::UnknownKey)).await;
    let mut demanding = header_of("one");
    demanding.crit = Some(vec!["exp".to_owned()]);
    check(&encode(&demanding, &good(), &FIRST.private).expect("a token"), Err(TokenError::Malformed)).await;
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let token = signed(&FIRST, "one", &good());
    let (head, signature) = token.rsplit_once('.').expect("three parts");
    let (header, _) = head.split_once('.').expect("three parts");
    let other = URL_SAFE_NO_PAD.encode(with("scope", json!("officer")).to_string());
    check(&format!("{header}.{other}.{signature}"), Err(TokenError::Signature)).await;
    check(head, Err(TokenError::Malformed)).await;
    check("", Err(TokenError::Malformed)).await;
    check(&"a".repeat(TOKEN_MAX + 1), Err(TokenError::Malformed)).await;
}

#[tokio::test]
async fn other_issuers_audiences_times_and_kinds_are_refused() {
    claims(with("iss", json!("https://login.example.forger.example/")), Err(TokenError::Issuer)).await;
    claims(with("aud", json!("other")), Err(TokenError::Audience)).await;
    claims(with("exp", json!(now().timestamp())), Err(TokenError::Expired)).await;
    claims(with("nbf", json!(now().timestamp() + 1)), Err(TokenError::Expired)).await;
    claims(with("token_use", json!("id")), Err(TokenError::Kind)).await;
    for name in ["iss", "aud", "exp"] {
        claims(without(name), Err(TokenError::Malformed)).await;
    }
    // Claims of another form than theirs, which some readers would bend into shape.
    for (name, value) in [
        ("exp", json!("never")),
        ("exp", json!(now().timestamp().to_string())),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("nbf", json!([0])),
        ("iss", json!([ISSUER])),
        ("scope", json!(["applicant"])),
        ("iin", json!(10)),
        ("token_use", json!(true)),
    ] {
        claims(with(name, value), Err(TokenError::Malformed)).await;
    }
    for audience in [json!([]), json!(["other", "kezek-2"]), json!("kezek other"), json!("KEZEK")] {
        claims(with("aud", audience), Err(TokenError::Audience)).await;
    }
    // An ID token as OpenID Connect makes them: for a client, of nobody's scope.
    let mut id = without("scope");
    id["aud"] = json!("the-portal");
    id["nonce"] = json!("n-0S6_WzA2Mj");
    claims(id.clone(), Err(TokenError::Audience)).await;
    id["aud"] = json!(AUDIENCE);
    id.as_object_mut().expect("claims").remove("token_use");
    claims(id, Err(TokenError::Scope)).await;
    let mut other = header_of("one");
    other.typ = Some("logout+jwt".to_owned());
    check(&encode(&other, &good(), &FIRST.private).expect("a token"), Err(TokenError::Kind)).await;
}

#[tokio::test]
async fn a_claim_given_twice_is_no_claim() {
    let text = good().to_string();
    for (name, value) in [
        ("iin", json!("000000000020")),
        ("scope", json!("officer")),
        ("exp", json!(now().timestamp() + 600)),
        ("iss", json!(ISSUER)),
        ("aud", json!(AUDIENCE)),
        ("nbf", json!(now().timestamp())),
        ("token_use", json!("access")),
    ] {
        let twice = format!("{},\"{name}\":{value}}}", text.trim_end_matches('}'));
        let head =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"one"}"#), URL_SAFE_NO_PAD.encode(&twice));
        let signature = jsonwebtoken::crypto::sign(head.as_bytes(), &FIRST.private, ALGORITHM).expect("a signature");
        check(&format!("{head}.{signature}"), Err(TokenError::Malformed)).await;
    }
    let head = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"one","kid":"two"}"#),
        URL_SAFE_NO_PAD.encode(&text)
    );
    let signature = jsonwebtoken::crypto::sign(head.as_bytes(), &FIRST.private, ALGORITHM).expect("a signature");
    check(&format!("{head}.{signature}"), Err(TokenError::Malformed)).await;
}

#[tokio::test]
async fn a_caller_comes_as_one_and_with_what_that_needs() {
    claims(with("scope", json!("applicant officer")), Err(TokenError::Scope)).await;
    claims(with("scope", json!("openid")), Err(TokenError::Scope)).await;
    claims(with("scope", json!("Applicant")), Err(TokenError::Scope)).await;
    claims(without("scope"), Err(TokenError::Scope)).await;
    claims(without("iin"), Err(TokenError::Incomplete)).await;
    claims(with("scope", json!("officer")), Err(TokenError::Incomplete)).await;
    claims(with("scope", json!("organisation")), Err(TokenError::Incomplete)).await;
    for sub in [Value::Null, json!(""), json!("  ")] {
        let mut nameless = with("scope", json!("state-system"));
        nameless["sub"] = sub;
        claims(nameless, Err(TokenError::Incomplete)).await;
    }
    let mut system = with("scope", json!("state-system"));
    system["sub"] = json!("births");
    claims(system, Ok(Caller::StateSystem(keys().subject("births")))).await;
    let mut officer = with("scope", json!("officer"));
    officer["territory"] = json!("75 OR 1");
    claims(officer.clone(), Err(TokenError::Incomplete)).await;
    officer["territory"] = json!("75");
    claims(officer, Ok(Caller::Officer { territory: "75".to_owned() })).await;
}

// ------------------------------------------------------------------------------------------------------- an issuer's keys

/// An issuer that shows what it is told to, and counts how often it is asked.
#[derive(Default)]
struct Shown {
    /// The names under which it shows the first and the second key; none if it is down.
    names: std::sync::Mutex<Option<(&'static str, Option<&'static str>)>>,
    asked: AtomicUsize,
}

impl Shown {
    fn show(&self, names: Option<(&'static str, Option<&'static str>)>) {
        *self.names.lock().expect("a lock") = names;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl KeySource for Shown {
    fn fetch(&self) -> Fetching<'_> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let names = *self.names.lock().expect("a lock");
        Box::pin(async move {
            let (first, second) = names.ok_or(FetchError::Status(503))?;
            let second = second.map(|second| named(&SECOND, second));
            Ok(KeySet::of(&JwkSet { keys: [named(&FIRST, first)].into_iter().chain(second).collect() }))
        })
    }
}

/// A function's identity against an issuer that is told what to show.
struct Rotating {
    issuer: Arc<Shown>,
    identity: Identity,
}

impl Rotating {
    fn new() -> Self {
        let issuer = Arc::new(Shown::default());
        issuer.show(Some(("one", None)));
        let identity = Identity::of_issuer(issuer.clone(), ISSUER.to_owned(), AUDIENCE.to_owned());
        Self { issuer, identity }
    }

    /// A token of a key, so long after the start.
    async fn after(&self, delta: TimeDelta, pair: &Pair, kid: &str, expected: Result<(), TokenError>) {
        let at = now() + delta;
        let token = signed(pair, kid, &with("exp", json!(at.timestamp() + 60)));
        let found = self.identity.caller(&token, &keys(), at).await;
        assert_eq!(found.map(|_| ()), expected, "{kid} after {delta}");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_anew_when_they_are_old() {
    let world = Rotating::new();
    assert_eq!(world.issuer.asked(), 0, "not before a token comes");
    for seconds in 0..20 {
        world.after(TimeDelta::seconds(seconds), &FIRST, "one", Ok(())).await;
    }
    assert_eq!(world.issuer.asked(), 1);
    world.after(FRESH, &FIRST, "one", Ok(())).await;
    assert_eq!(world.issuer.asked(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_and_a_withdrawn_one_forgotten() {
    let world = Rotating::new();
    world.after(TimeDelta::zero(), &FIRST, "one", Ok(())).await;
    world.issuer.show(Some(("one", Some("two"))));
    world.after(PAUSE, &SECOND, "two", Ok(())).await;
    world.after(PAUSE, &FIRST, "one", Ok(())).await;
    assert_eq!(world.issuer.asked(), 2, "one question for both");
    world.issuer.show(Some(("three", Some("two"))));
    world.after(PAUSE, &FIRST, "one", Ok(())).await;
    world.after(PAUSE + FRESH, &FIRST, "one", Err(TokenError::UnknownKey)).await;
    world.after(PAUSE + FRESH, &SECOND, "two", Ok(())).await;
}

#[tokio::test]
async fn forged_names_of_keys_ask_the_issuer_no_more_often_than_the_pause() {
    let world = Rotating::new();
    for seconds in 0..300 {
        let forged = format!("forged-{seconds}");
        world.after(TimeDelta::seconds(seconds), &SECOND, &forged, Err(TokenError::UnknownKey)).await;
        world.after(TimeDelta::seconds(seconds), &FIRST, "one", Ok(())).await;
    }
    assert_eq!(world.issuer.asked(), 10, "once in thirty seconds");
}

#[tokio::test]
async fn an_issuer_that_is_down_is_waited_for_within_bounds() {
    let world = Rotating::new();
    world.after(TimeDelta::zero(), &FIRST, "one", Ok(())).await;
    world.issuer.show(None);
    world.after(FRESH, &FIRST, "one", Ok(())).await;
    world.after(FRESH, &SECOND, "two", Err(TokenError::Unavailable)).await;
    assert_eq!(world.issuer.asked(), 2, "a silent issuer isn't asked at once again");
    world.after(KEPT - TimeDelta::seconds(1), &FIRST, "one", Ok(())).await;
    world.after(KEPT, &FIRST, "one", Err(TokenError::Unavailable)).await;
    world.issuer.show(Some(("one", None)));
    world.after(KEPT + PAUSE, &FIRST, "one", Ok(())).await;
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_refuses_nobody_for_good() {
    let world = Rotating::new();
    world.issuer.show(None);
    world.after(TimeDelta::zero(), &FIRST, "one", Err(TokenError::Unavailable)).await;
    world.issuer.show(Some(("one", None)));
    world.after(TimeDelta::seconds(1), &FIRST, "one", Err(TokenError::Unavailable)).await;
    world.after(PAUSE, &FIRST, "one", Ok(())).await;
}

#[tokio::test]
async fn many_callers_at_once_ask_once() {
    let world = Rotating::new();
    let token = signed(&FIRST, "one", &good());
    let callers = (0..50).map(|_| {
        let (identity, token) = (world.identity.clone(), token.clone());
        tokio::spawn(async move { identity.caller(&token, &keys(), now()).await.is_ok() })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert!(caller.await.expect("a caller"));
    }
    assert_eq!(world.issuer.asked(), 1);
}

// --------------------------------------------------------------------------------------------------------------- key sets

fn set(keys: &Value) -> Option<Vec<String>> {
    let set = KeySet::parse(json!({"keys": keys}).to_string().as_bytes())?;
    Some(["one", "two", "three"].into_iter().filter(|kid| set.key(kid).is_some()).map(str::to_owned).collect())
}

#[test]
fn a_set_is_read_for_the_keys_that_can_check_a_token() {
    let one = serde_json::to_value(named(&FIRST, "one")).expect("JSON");
    let two = serde_json::to_value(named(&SECOND, "two")).expect("JSON");
    let three = json!({"kty": "oct", "kid": "three", "k": "c2VjcmV0"});
    let unknown = json!({"kty": "future", "kid": "three", "x": 1});
    assert_eq!(set(&json!([unknown, one, three, two, 7])), Some(vec!["one".to_owned(), "two".to_owned()]));
    let mut other = one.clone();
    other["use"] = json!("enc");
    assert_eq!(set(&json!([other])), None, "a key for something else");
    assert_eq!(set(&json!([])), None, "a set without a key says nothing");
    assert!(KeySet::parse(b"<html>").is_none());
}

#[test]
fn of_two_keys_with_one_name_the_first_is_taken() {
    let set = KeySet::of(&JwkSet { keys: vec![named(&FIRST, "one"), named(&SECOND, "one")] });
    assert_eq!(set.count(), 1);
    let token = signed(&FIRST, "one", &good());
    let key = set.key("one").expect("a key");
    assert!(identity().checked(&token, key, &keys(), now()).is_ok());
}

// -------------------------------------------------------------------------------------------------------------- over HTTP

mod over_http {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server on loopback that gives these answers, one a connection, and the requests that it heard.
    fn serve(answers: Vec<String>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let mine = base.clone();
        let server = std::thread::spawn(move || {
            let answer = |answer: String| {
                let (mut stream, _) = listener.accept().expect("a caller");
                let mut heard = Vec::new();
                while !heard.ends_with(b"\r\n\r\n") {
                    let mut some = [0; 1_024];
                    let count = stream.read(&mut some).expect("a request");
                    heard.extend_from_slice(&some[..count]);
                }
                // A client that has read enough goes away.
                let _ = stream.write_all(answer.replace("BASE", &mine).as_bytes());
                String::from_utf8(heard).expect("text").lines().next().unwrap_or_default().to_owned()
            };
            answers.into_iter().map(answer).collect()
        });
        (base, server)
    }

    fn ok(body: &Value) -> String {
        // The length is that of the text as it is sent: `BASE` is replaced, so the connection's end says it.
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}")
    }

    fn the_set() -> Value {
        json!({"keys": [named(&FIRST, "one")]})
    }

    async fn fetched(source: HttpKeySource) -> Result<usize, String> {
        source.fetch().await.map(|set| set.count()).map_err(|error| chain(&error))
    }

    use crate::error::chain;

    async fn at(answer: String) -> Result<usize, String> {
        let (base, server) = serve(vec![answer]);
        let address = Address::new(&format!("{base}/keys")).expect("an address");
        let found = fetched(HttpKeySource::at(address)).await;
        assert_eq!(server.join().expect("the server"), ["GET /keys HTTP/1.1"]);
        found
    }

    #[tokio::test]
    async fn a_set_is_fetched_from_its_address() {
        assert_eq!(at(ok(&the_set())).await, Ok(1));
        for (answer, expected) in [
            ("HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n", "503"),
            ("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n", "302"),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "can't be read"),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", "not reached"),
        ] {
            let error = at(answer.to_owned()).await.expect_err(answer);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut set = the_set();
        set["padding"] = json!("x".repeat(100_000));
        let error = at(ok(&set)).await.expect_err("too large");
        assert!(error.contains("too large"), "{error}");
    }

    async fn found(issuer: impl Fn(&str) -> String, answers: Vec<String>) -> Result<usize, String> {
        let heard = answers.len();
        let (base, server) = serve(answers);
        let address = Address::of_configuration(&base).expect("an address");
        let source = HttpKeySource::of_issuer(address, issuer(&base));
        let found = fetched(source).await;
        assert_eq!(server.join().expect("the server").len(), heard);
        found
    }

    #[tokio::test]
    async fn a_set_is_found_through_the_issuers_configuration() {
        let says = |issuer: &str, uri: &str| ok(&json!({"issuer": issuer, "jwks_uri": uri}));
        let itself = |base: &str| base.to_owned();
        assert_eq!(found(itself, vec![says("BASE", "BASE/keys"), ok(&the_set())]).await, Ok(1));
        let error = found(itself, vec![says("https://forger.example", "BASE/keys")]).await.expect_err("another issuer");
        assert!(error.contains("another issuer"), "{error}");
        let error = found(itself, vec![says("BASE", "http://forger.example/keys")]).await.expect_err("not over TLS");
        assert!(error.contains("isn't allowed"), "{error}");
    }
}
