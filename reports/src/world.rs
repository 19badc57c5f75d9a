//! What a template may see.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, WorldExt as _};

use crate::{Failure, MAX_CODES, Sheet, code};

/// The library and the fonts, which are the same for all.
struct Common {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static COMMON: LazyLock<Common> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    Common { library: LazyHash::new(Library::default()), book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// The name of a file by which templates know it.
fn file_id(name: &str) -> Option<FileId> {
    Some(FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?)))
}

/// The files of one sheet.
pub struct World {
    main: Source,
    layout: Source,
    files: Vec<(FileId, Bytes)>,
}

impl World {
    /// The files of a sheet under their names.
    pub fn new(sheet: &Sheet<'_>) -> Result<Self, Failure> {
        if sheet.codes.len() > MAX_CODES {
            return Err(Failure::Codes);
        }
        let mut files = vec![("data.json".to_owned(), sheet.data.to_string().into_bytes())];
        files.extend(sheet.logo.map(|logo| ("logo".to_owned(), logo.to_vec())));
        for (n, text) in sheet.codes.iter().enumerate() {
            files.push((format!("code-{n}.svg"), code(text)?.into_bytes()));
        }
        let source = |name: &str, text: &str| match file_id(name) {
            Some(id) => Source::new(id, text.to_owned()),
            None => Source::detached(text),
        };
        Ok(World {
            main: source("main.typ", sheet.template),
            layout: source("layout.typ", sheet.layout),
            files: files.into_iter().filter_map(|(name, bytes)| Some((file_id(&name)?, Bytes::new(bytes)))).collect(),
        })
    }

    /// What went wrong, a line each.
    pub fn told(&self, errors: &[SourceDiagnostic]) -> String {
        let one = |error: &SourceDiagnostic| {
            let line = self.range(error.span).and_then(|range| self.main.lines().byte_to_line(range.start));
            let place = line.map(|line| format!("line {}: ", line + 1)).unwrap_or_default();
            format!("{place}{}", error.message)
        };
        errors.iter().map(one).collect::<Vec<_>>().join("\n")
    }
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &COMMON.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &COMMON.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let own = [&self.main, &self.layout].into_iter().find(|source| source.id() == id);
        own.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.iter().find(|(known, _)| *known == id).map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        COMMON.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
