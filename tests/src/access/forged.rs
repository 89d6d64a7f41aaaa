//! Tokens that were tampered with, and ways to bring one that aren't the header's, against every operation that asks for one. What is
//! wrong with each token in itself is tested where tokens are checked (`kezek_shell::identity`).

use data_encoding::BASE64URL_NOPAD;
use kezek_local::gateway::Request;
use serde_json::{Value, json};

use super::scene::{Kind, Scene, kind};
use super::{Base, Operation, operations, said};

/// A token with other claims or another header, under the signature that it had.
fn altered(token: &str, part: usize, change: impl Fn(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let bytes = BASE64URL_NOPAD.decode(parts[part].as_bytes()).expect("base64url");
    let mut value: Value = serde_json::from_slice(&bytes).expect("JSON");
    change(&mut value);
    parts[part] = BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    parts.join(".")
}

fn forgeries(good: &str, scope: &str) -> Vec<(&'static str, String)> {
    let unsigned = altered(good, 0, |header| header["alg"] = json!("none"));
    let (head, _) = unsigned.rsplit_once('.').expect("three parts");
    let half = good.len() - 40;
    vec![
        ("no signature", format!("{head}.")),
        ("alg none with a signature", unsigned.clone()),
        ("alg HS256", altered(good, 0, |header| header["alg"] = json!("HS256"))),
        ("another key's name", altered(good, 0, |header| header["kid"] = json!("local-2"))),
        ("a key that it brings", altered(good, 0, |header| header["jku"] = json!("https://forger.example/keys"))),
        ("another scope", altered(good, 1, |claims| claims["scope"] = json!(format!("{scope} openid")))),
        ("a longer life", altered(good, 1, |claims| claims["exp"] = json!(9_999_999_999_i64))),
        ("another person", altered(good, 1, |claims| claims["iin"] = json!("000000000010"))),
        ("another territory", altered(good, 1, |claims| claims["territory"] = json!("10"))),
        ("a cut signature", good[..half].to_owned()),
        ("an endless token", format!("{good}{}", "A".repeat(9_000))),
    ]
}

/// The request of an operation with exactly this header, or with none.
fn bare(operation: &Operation, path: &str, authorization: Option<&str>) -> Request {
    let request = Request::new(&operation.method, path);
    authorization.into_iter().fold(request, |request, value| request.header("authorization", value))
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    let scene = Scene::new().await;
    let operations = operations(&scene.world).await;
    let before = Base::of(&scene.world);
    for operation in operations.iter().filter(|operation| kind(&operation.id) != Some(Kind::Public)) {
        let path = scene.own(operation);
        let nobody = scene.world.send(bare(operation, &path, None)).await;
        assert_eq!(nobody.status, 401, "{}", operation.id);
        let role = super::Role::ALL.into_iter().find(|role| operation.scopes.iter().any(|scope| scope == role.scope()));
        let role = role.expect("a scope");
        let good = scene.owner(operation, role).await;
        for (what, token) in forgeries(&good, role.scope()) {
            let answer = scene.world.send(bare(operation, &path, Some(&format!("Bearer {token}")))).await;
            // What is wrong with a token is the log's to know, not the forger's.
            assert_eq!(said(&answer), said(&nobody), "{} with {what}", operation.id);
        }
        let separator = if path.contains('?') { '&' } else { '?' };
        let elsewhere = [
            (path.clone(), Some(format!("Basic {good}"))),
            (path.clone(), Some(good.clone())),
            (path.clone(), Some(format!("Bearer {good},Bearer {good}"))),
            (format!("{path}{separator}access_token={good}"), None),
        ];
        for (path, header) in elsewhere {
            let answer = scene.world.send(bare(operation, &path, header.as_deref())).await;
            assert_eq!(said(&answer), said(&nobody), "{} with {header:?}", operation.id);
        }
    }
    assert!(Base::of(&scene.world) == before, "nothing changed");
}
