//! Counted nouns: Russian has three forms, English two, Kazakh one. Never a whole sentence.

use super::Locale;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A place in an organisation or in a queue.
    Place,
    /// A working day (`C2`).
    WorkingDay,
    /// An organisation that a child is queued for; in Russian the accusative («в 1 организацию»).
    Organisation,
}

/// A number with its noun in the right form.
#[must_use]
pub fn counted(n: u64, noun: Noun, locale: Locale) -> String {
    let word = match locale {
        Locale::Kk => match noun {
            Noun::Place => "орын",
            Noun::WorkingDay => "жұмыс күні",
            Noun::Organisation => "МДҰ",
        },
        Locale::Ru => russian(
            n,
            match noun {
                Noun::Place => ["место", "места", "мест"],
                Noun::WorkingDay => ["рабочий день", "рабочих дня", "рабочих дней"],
                Noun::Organisation => ["организацию", "организации", "организаций"],
            },
        ),
        Locale::En => match (noun, n) {
            (Noun::Place, 1) => "place",
            (Noun::Place, _) => "places",
            (Noun::WorkingDay, 1) => "working day",
            (Noun::WorkingDay, _) => "working days",
            (Noun::Organisation, 1) => "organisation",
            (Noun::Organisation, _) => "organisations",
        },
    };
    format!("{n} {word}")
}

/// The Russian form for a number: one, few or many; 11 to 14 are many.
const fn russian(n: u64, forms: [&'static str; 3]) -> &'static str {
    match (n % 10, n % 100) {
        (_, 11..=14) => forms[2],
        (1, _) => forms[0],
        (2..=4, _) => forms[1],
        _ => forms[2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_has_three_forms() {
        let check = |n, noun, expected| assert_eq!(counted(n, noun, Locale::Ru), expected);
        check(1, Noun::Place, "1 место");
        check(2, Noun::Place, "2 места");
        check(5, Noun::Place, "5 мест");
        check(0, Noun::Place, "0 мест");
        check(11, Noun::Place, "11 мест");
        check(14, Noun::Place, "14 мест");
        check(21, Noun::Place, "21 место");
        check(111, Noun::Place, "111 мест");
        check(122, Noun::Place, "122 места");
        check(1, Noun::WorkingDay, "1 рабочий день");
        check(3, Noun::WorkingDay, "3 рабочих дня");
        check(10, Noun::WorkingDay, "10 рабочих дней");
        check(1, Noun::Organisation, "1 организацию");
        check(4, Noun::Organisation, "4 организации");
    }

    #[test]
    fn english_has_two_forms_and_kazakh_one() {
        let check = |n, noun, kk, en| {
            assert_eq!(counted(n, noun, Locale::Kk), kk);
            assert_eq!(counted(n, noun, Locale::En), en);
        };
        check(1, Noun::Place, "1 орын", "1 place");
        check(5, Noun::Place, "5 орын", "5 places");
        check(1, Noun::WorkingDay, "1 жұмыс күні", "1 working day");
        check(5, Noun::WorkingDay, "5 жұмыс күні", "5 working days");
        check(1, Noun::Organisation, "1 МДҰ", "1 organisation");
        check(2, Noun::Organisation, "2 МДҰ", "2 organisations");
    }
}
