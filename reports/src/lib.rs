//! Documents: PDF from Typst templates. Knows no SQL and no model: whoever asks gives the template, its data and its files.
//!
//! What people typed reaches a template only as strings of its `data.json`, which Typst shows and never evaluates. A template sees the
//! files it was given and nothing else: no disk, no network, no packages.

mod world;

use serde_json::Value;
use thiserror::Error;
use typst_layout::PagedDocument;
use world::World;

/// So many codes may be shown in one document: Typst keeps the name of every file it ever saw.
pub const MAX_CODES: usize = 500;

/// What a document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// The template, in Typst's language. It reads `data.json`, and may import `layout.typ`.
    pub template: &'a str,
    /// The source of `layout.typ`: what all documents share.
    pub layout: &'a str,
    /// What `data.json` holds.
    pub data: &'a Value,
    /// A picture, shown as `logo`: PNG, JPEG, GIF, WebP or SVG.
    pub logo: Option<&'a [u8]>,
    /// What QR codes say: the first one is `code-0.svg`, and so on. No more than [`MAX_CODES`].
    pub codes: &'a [String],
}

/// Why there is no document.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Failure {
    /// The template does not compile: what Typst says, with the line where it is known.
    #[error("the template does not compile: {0}")]
    Template(String),
    /// A text that does not fit a QR code (about 2,900 bytes).
    #[error("too long for a QR code: {0} bytes")]
    Code(usize),
    /// More codes than [`MAX_CODES`].
    #[error("a document shows {MAX_CODES} codes at most")]
    Codes,
}

/// A sheet as PDF.
///
/// # Errors
/// [`Failure`]: a template that does not compile, or too much for its codes.
pub fn pdf(sheet: &Sheet<'_>) -> Result<Vec<u8>, Failure> {
    let world = World::new(sheet)?;
    let compiled = typst::compile::<PagedDocument>(&world).output;
    let bytes = compiled.and_then(|document| typst_pdf::pdf(&document, &typst_pdf::PdfOptions::default()));
    // What was remembered of sheets long past goes.
    typst::comemo::evict(8);
    bytes.map_err(|errors| Failure::Template(world.told(&errors)))
}

/// A QR code as SVG, black on white.
///
/// # Errors
/// [`Failure::Code`] when the text is too long.
pub fn code(text: &str) -> Result<String, Failure> {
    let made = fast_qr::QRBuilder::new(text).build().map_err(|_| Failure::Code(text.len()))?;
    Ok(fast_qr::convert::svg::SvgBuilder::default().to_str(&made))
}
