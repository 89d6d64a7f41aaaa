//! Texts by themselves: numbers of the state, names, ids, headers, cursors. What is accepted comes back the same.

use std::fmt::Display;
use std::str::FromStr;

use kezek_contract::texts::Locale;
use kezek_rules::application::Duty;
use kezek_rules::calendar::MonthDay;
use kezek_rules::group::GroupType;
use kezek_rules::ids::{ApplicationId, Bin, ForeignDocument, Iin, NumberError, OfferId, ReferralId, SeatId};
use kezek_rules::organisation::{Kato, OrganisationType};
use kezek_rules::policy::PolicyRef;
use kezek_rules::queue::{Language, Stream, StreamKind};
use kezek_shell::cursor;
use kezek_shell::identity::Address;
use kezek_shell::keys::Keys;

use crate::targets::holds;
use crate::{Random, mutate};

/// The control digit as `K2` tells it, written apart from the rules' own; none if the number was never issued.
fn control(digits: &[u32]) -> Option<u32> {
    let sum = |weights: [u32; 11]| weights.iter().zip(digits).map(|(weight, digit)| weight * digit).sum::<u32>() % 11;
    match sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        10 => Some(sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])).filter(|second| *second != 10),
        first => Some(first),
    }
}

/// `K2`: twelve digits with their control digit, and nothing else.
pub fn state_numbers(random: &mut Random) -> Result<(), String> {
    let text = match random.below(4) {
        0 => mutate::text(random, "061211600012"),
        1 => mutate::text(random, "990140000007"),
        _ => format!("{:012}", random.number() % 1_000_000_000_000),
    };
    let digits: Option<Vec<u32>> = text.bytes().map(|b| b.is_ascii_digit().then(|| u32::from(b - b'0'))).collect();
    let digits = digits.filter(|digits| digits.len() == 12);
    let expected = match &digits {
        None => Err(NumberError::Shape),
        Some(digits) if control(digits) == Some(digits[11]) => Ok(()),
        Some(_) => Err(NumberError::ControlDigit),
    };
    let (iin, bin) = (text.parse::<Iin>(), text.parse::<Bin>());
    holds(iin.map(|_| ()) == expected && bin.map(|_| ()) == expected, || {
        format!("{text:?} is read otherwise than K2 says")
    })?;
    holds(iin.is_ok_and(|iin| iin.as_str() == text) == expected.is_ok(), || format!("{text:?} doesn't come back"))?;
    holds(!format!("{iin:?}").contains(&text) || text.is_empty(), || "a number is shown".to_owned())
}

/// What is accepted is written as it was read.
fn same<T: FromStr + Display>(text: &str) -> Result<(), String> {
    match text.parse::<T>() {
        Ok(read) => {
            let written = read.to_string();
            holds(written == text, || format!("{}: {text:?} comes back as {written:?}", std::any::type_name::<T>()))
        }
        Err(_) => Ok(()),
    }
}

/// Names and ids.
pub fn names(random: &mut Random) -> Result<(), String> {
    let good = *random.pick(&[
        "750000000",
        "kk",
        "general",
        "special:hearing",
        "sanatorium:tuberculosis",
        "order-133@1",
        "12-16",
        "mixed-age",
        "kindergarten",
        "0123456789abcdef0123456789abcdef",
        "0123456789abcdef01234567",
        "first-check",
        "0123456789abcdef0123456789abcdef01234567",
    ]);
    let text = mutate::text(random, good);
    same::<Kato>(&text)?;
    same::<Language>(&text)?;
    same::<Stream>(&text)?;
    same::<GroupType>(&text)?;
    same::<PolicyRef>(&text)?;
    same::<MonthDay>(&text)?;
    same::<ApplicationId>(&text)?;
    same::<OfferId>(&text)?;
    same::<ReferralId>(&text)?;
    same::<SeatId>(&text)?;
    let known = text.parse::<OrganisationType>().is_ok_and(|kind| kind.as_str() != text);
    let kind = text.parse::<StreamKind>().is_ok_and(|kind| kind.as_str() != text);
    let duty = Duty::ALL.iter().filter(|duty| duty.as_str() == text).count() > 1;
    holds(!known && !kind && !duty, || format!("{text:?} comes back otherwise"))?;
    let number = mutate::text(random, "AB 123-4567");
    if let Ok(document) = ForeignDocument::new(&mutate::text(random, "UZ"), &number) {
        let again = ForeignDocument::new(document.country(), document.number());
        holds(again.as_ref() == Ok(&document), || format!("{number:?} is another document when it is read again"))?;
    }
    Ok(())
}

/// Headers that are read before anyone is known, and addresses that keys come from.
pub fn headers(random: &mut Random) -> Result<(), String> {
    let good = *random.pick(&["kk, ru;q=0.9, en;q=0.8", "ru-KZ", "*;q=0.1", "en;q=1.000,kk;q=0"]);
    let locale = Locale::from_accept_language(&mutate::text(random, good));
    holds(Locale::ALL.contains(&locale), || "no locale".to_owned())?;
    let text = mutate::text(random, "https://login.example:8443/pool/keys?of=1#2");
    match Address::new(&text) {
        Ok(address) => {
            let plain = text.trim().to_ascii_lowercase();
            let within = ["https:", "http:"].iter().any(|scheme| plain.contains(scheme));
            holds(within || !address.is_loopback(), || format!("{text:?} is an address"))
        }
        Err(error) => {
            let told = error.to_string();
            let shown = told.split(" is neither").next().unwrap_or(&told);
            holds(!shown.contains(['?', '#']), || format!("{error} shows a query"))
        }
    }
}

/// A cursor opens the list that it was made for at the place that it was made for, and nothing else does.
pub fn cursors(random: &mut Random) -> Result<(), String> {
    let keys = Keys::new(b"a secret that nobody guesses, of 40 bytes".to_vec(), 1);
    let (scope, position) = ("vacancies/990140000007/all", mutate::text(random, "00ff00ff"));
    let good = cursor::make(&keys, scope, &position);
    holds(cursor::read(&keys, scope, &good).as_deref() == Ok(&position), || format!("{position:?} doesn't come back"))?;
    let other = if random.one_in(2) { mutate::text(random, scope) } else { scope.to_owned() };
    let bent = mutate::text(random, &good);
    match cursor::read(&keys, &other, &bent) {
        Ok(read) => holds(other == scope && bent == good && read == position, || format!("{bent:?} opens {other:?}")),
        Err(problem) => crate::bodies::documented(&problem, &[400]),
    }
}
