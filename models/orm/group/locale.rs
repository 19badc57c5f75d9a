//! Names of months, and which week of the year a day is in, by language.

use chrono::{Datelike, Days, NaiveDate};

/// What labels of periods need to know of a language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locale {
    lang: String,
    /// First day of the week: 0 is Monday, 6 Sunday.
    pub week_start: u32,
}

struct Words {
    lang: &'static str,
    months: [&'static str; 12],
    short: [&'static str; 12],
    quarter: &'static str,
}

const ENGLISH: Words = Words {
    lang: "en",
    months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    quarter: "Q",
};

const OTHERS: &[Words] = &[
    Words {
        lang: "es",
        months: [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        short: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
        quarter: "T",
    },
    Words {
        lang: "fr",
        months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        short: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        quarter: "T",
    },
    Words {
        lang: "pt",
        months: [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        short: ["jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."],
        quarter: "T",
    },
    Words {
        lang: "it",
        months: [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        short: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
        quarter: "T",
    },
    Words {
        lang: "de",
        months: ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
        short: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        quarter: "Q",
    },
    Words {
        lang: "nl",
        months: [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        short: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
        quarter: "K",
    },
];

/// Where the first week of a year is the one with four days of it; elsewhere it is the one with January 1st.
const FOUR_DAYS: &[&str] = &[
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "GR", "HU", "IE", "IT", "LT", "LU", "NL", "NO", "PL", "PT", "RU",
    "SE", "SK",
];

impl Locale {
    /// Of a language (`es_DO`) whose weeks begin on a day (0 is Monday).
    pub fn new(lang: &str, week_start: u32) -> Self {
        Locale { lang: lang.to_owned(), week_start: week_start % 7 }
    }

    /// Languages without words of their own are answered in English.
    fn words(&self) -> &'static Words {
        let language = self.lang.split('_').next().unwrap_or_default();
        OTHERS.iter().find(|words| words.lang == language).unwrap_or(&ENGLISH)
    }

    /// `January`.
    pub(super) fn month(&self, number: u32) -> &'static str {
        nth(&self.words().months, number)
    }

    /// `Jan`.
    pub(super) fn month_short(&self, number: u32) -> &'static str {
        nth(&self.words().short, number)
    }

    /// What stands before the number of a quarter.
    pub(super) fn quarter(&self) -> &'static str {
        self.words().quarter
    }

    /// The number of the week a day is in, and the year that week counts for.
    pub fn week(&self, day: NaiveDate) -> (u32, i32) {
        let year = day.year();
        let begin = |year: i32| self.first_week(year);
        let year = if begin(year + 1).is_some_and(|next| day >= next) {
            year + 1
        } else if begin(year).is_some_and(|this| day < this) {
            year - 1
        } else {
            year
        };
        let days = begin(year).map_or(0, |first| (day - first).num_days());
        (u32::try_from(days / 7).unwrap_or(0) + 1, year)
    }

    /// The day on which the first week of a year begins.
    fn first_week(&self, year: i32) -> Option<NaiveDate> {
        let territory = self.lang.split(['_', '@']).nth(1).unwrap_or_default();
        let days_needed = if FOUR_DAYS.contains(&territory) { 4 } else { 1 };
        let new_year = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let into_week = (new_year.weekday().num_days_from_monday() + 7 - self.week_start) % 7;
        let begin = new_year.checked_sub_days(Days::new(u64::from(into_week)))?;
        if 7 - into_week >= days_needed { Some(begin) } else { begin.checked_add_days(Days::new(7)) }
    }
}

fn nth(words: &'static [&'static str; 12], number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|n| words.get(n.checked_sub(1)?)).copied().unwrap_or_default()
}
