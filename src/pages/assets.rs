//! Files beside the pages: style, script, drawings. They are in the program.

use std::sync::OnceLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use lastmile_rpc::http::response;
use sha2::{Digest, Sha256};

const FILES: &[(&str, &str, &str)] = &[
    ("admin.css", "text/css; charset=utf-8", include_str!("../../templates/admin/assets/admin.css")),
    ("admin.js", "text/javascript; charset=utf-8", include_str!("../../templates/admin/assets/admin.js")),
    ("portal.css", "text/css; charset=utf-8", include_str!("../../templates/portal/assets/portal.css")),
    ("icon.svg", "image/svg+xml", include_str!("../../templates/portal/assets/icon.svg")),
    ("icons.svg", "image/svg+xml", include_str!("../../templates/admin/assets/icons.svg")),
];

/// Changes with the files: it stands in their addresses, so that browsers keep them for good.
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut sum = Sha256::new();
        FILES.iter().for_each(|(_, _, text)| sum.update(text.as_bytes()));
        hex::encode(sum.finalize()).chars().take(12).collect()
    })
}

/// One file.
pub async fn serve(name: web::Path<String>) -> HttpResponse {
    let Some((_, kind, text)) = FILES.iter().find(|(known, _, _)| *known == name.as_str()) else {
        return response::error_page(actix_web::http::StatusCode::NOT_FOUND, "There is no such file.");
    };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, *kind))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header(("x-content-type-options", "nosniff"))
        .body(*text)
}
