//! Images: checked when they are kept, and made smaller.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};
use lastmile_orm::{Error, Result};

/// Most pixels of an image that is taken.
pub const MAX_PIXELS: u64 = 50_000_000;
/// Most pixels of an image that is made smaller for somebody who is not logged in; a larger one goes out as it is.
pub const VISITOR_PIXELS: u64 = 4_000_000;
/// Memory that decoding one image may take.
const MAX_MEMORY: u64 = 512 * 1024 * 1024;
/// One image is decoded at a time: each may take all of that memory.
static TURN: Mutex<()> = Mutex::new(());
/// Side of the placeholder.
const PLACEHOLDER: u32 = 256;

fn undecodable() -> Error {
    Error::user("This file could not be decoded as an image file.")
}

/// SVG scales by itself.
fn is_svg(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.starts_with(b"<svg") || (start.starts_with(b"<?xml") && bytes.windows(4).take(1000).any(|w| w == b"<svg"))
}

/// An image, upright, and its format.
fn decode(bytes: &[u8], most: u64) -> Result<(DynamicImage, ImageFormat)> {
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| undecodable());
    let format = reader()?.format().ok_or_else(undecodable)?;
    let (width, height) = reader()?.into_dimensions().map_err(|_| undecodable())?;
    if u64::from(width) * u64::from(height) > most {
        return Err(Error::user(format!("Images of more than {} million pixels are too large.", most / 1_000_000)));
    }
    let mut reader = reader()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| undecodable())?;
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| undecodable())?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok((image, format))
}

/// Photographs stay JPEG; what may have transparent parts becomes PNG.
fn encode(image: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    let done = match format {
        ImageFormat::Jpeg => image.to_rgb8().write_to(&mut out, ImageFormat::Jpeg),
        _ => image.write_to(&mut out, ImageFormat::Png),
    };
    done.map_err(|e| Error::internal(format!("an image could not be written: {e}")))?;
    Ok(out.into_inner())
}

/// The image as it is, or smaller where it does not fit into a square of each side.
///
/// # Errors
/// UserError when the bytes are no image, or too large a one.
pub fn fit(bytes: &[u8], sides: &[u32]) -> Result<Vec<Vec<u8>>> {
    if bytes.is_empty() || is_svg(bytes) {
        return Ok(vec![bytes.to_vec(); sides.len()]);
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (image, format) = decode(bytes, MAX_PIXELS)?;
    let mut out: Vec<Vec<u8>> = Vec::with_capacity(sides.len());
    for side in sides {
        if image.width() <= *side && image.height() <= *side {
            out.push(bytes.to_vec());
        } else {
            out.push(encode(&image.resize(*side, *side, FilterType::Lanczos3), format)?);
        }
    }
    Ok(out)
}

/// The image of at most so many pixels within a box; 0 leaves a side open. Cropped, it fills the box from its middle. Never enlarged.
pub fn resized(bytes: &[u8], width: u32, height: u32, crop: bool, most: u64) -> Result<Vec<u8>> {
    if (width == 0 && height == 0) || bytes.is_empty() || is_svg(bytes) {
        return Ok(bytes.to_vec());
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (image, format) = decode(bytes, most)?;
    let open = |side: u32, own: u32| if side == 0 { own } else { side };
    let (width, height) = (open(width, image.width()), open(height, image.height()));
    let result = if crop {
        image.resize_to_fill(width.min(image.width()), height.min(image.height()), FilterType::Lanczos3)
    } else if image.width() > width || image.height() > height {
        image.resize(width, height, FilterType::Lanczos3)
    } else {
        return Ok(bytes.to_vec());
    };
    encode(&result, format)
}

/// What stands where an image is missing: a grey tile with a lighter middle.
pub fn placeholder(side: u32) -> Result<Vec<u8>> {
    let side = if side == 0 { PLACEHOLDER } else { side.min(PLACEHOLDER) };
    let (low, high) = (side / 4, side - side / 4);
    let tile = RgbaImage::from_fn(side, side, |x, y| {
        let middle = (low..high).contains(&x) && (low..high).contains(&y);
        if middle { Rgba([233, 236, 239, 255]) } else { Rgba([206, 212, 218, 255]) }
    });
    encode(&DynamicImage::ImageRgba8(tile), ImageFormat::Png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_images_are_made_smaller_and_small_ones_stay() {
        let large = encode(&DynamicImage::new_rgba8(400, 100), ImageFormat::Png).unwrap();
        let sizes = fit(&large, &[1920, 128]).unwrap();
        assert_eq!(sizes[0], large);
        let small = decode(&sizes[1], MAX_PIXELS).unwrap().0;
        assert_eq!((small.width(), small.height()), (128, 32));
        let cropped = decode(&resized(&large, 50, 50, true, MAX_PIXELS).unwrap(), MAX_PIXELS).unwrap().0;
        assert_eq!((cropped.width(), cropped.height()), (50, 50));
        assert!(resized(&large, 50, 50, true, 39_999).is_err());
    }

    #[test]
    fn what_is_no_image_is_refused() {
        assert!(matches!(fit(b"not an image", &[128]), Err(Error::User(_))));
        assert!(fit(b"<svg xmlns='http://www.w3.org/2000/svg'/>", &[128]).is_ok());
        // A header that promises more pixels than anybody should decode.
        let mut bomb = encode(&DynamicImage::new_rgba8(1, 1), ImageFormat::Png).unwrap();
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(matches!(fit(&bomb, &[128]), Err(Error::User(_))));
    }

    #[test]
    fn the_placeholder_is_an_image() {
        assert_eq!(decode(&placeholder(0).unwrap(), MAX_PIXELS).unwrap().0.width(), 256);
    }
}
