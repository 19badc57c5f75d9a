//! The pages that the wire cannot do without. The program has better ones: it implements [`Pages`] with templates.

use crate::backend::Session;
use crate::http::response::escape;

/// What a login form shows.
#[derive(Debug, Clone, Default)]
pub struct LoginForm {
    /// Hidden field `csrf_token`.
    pub csrf_token: String,
    /// Hidden field `redirect`: where to go after. Empty for the user's home.
    pub redirect: String,
    /// What was typed before.
    pub login: String,
    /// Why the form is shown again.
    pub error: Option<String>,
}

/// What the form of the second factor shows.
#[derive(Debug, Clone, Default)]
pub struct CodeForm {
    /// Hidden field `csrf_token`.
    pub csrf_token: String,
    /// Hidden field `redirect`.
    pub redirect: String,
    /// Why the form is shown again.
    pub error: Option<String>,
}

/// Renders pages. The login form needs the class `oe_login_form` and the fields `login`, `password`, `csrf_token`
/// and `redirect`: scripts fill it in.
pub trait Pages: Send + Sync + 'static {
    /// `/web/login`.
    fn login(&self, form: &LoginForm) -> String;

    /// `/web/login/totp`: the field `totp_token` beside `csrf_token` and `redirect`.
    fn code(&self, form: &CodeForm) -> String {
        let error = form.error.as_deref().map(|e| format!("<p role=\"alert\">{}</p>", escape(e))).unwrap_or_default();
        page(
            "Log in",
            &format!(
                "<form method=\"post\" action=\"/web/login/totp\">\n<input type=\"hidden\" name=\"csrf_token\" value=\"{}\"/>\n\
                 <label for=\"totp_token\">Code of your authenticator</label>\n\
                 <input type=\"text\" name=\"totp_token\" id=\"totp_token\" inputmode=\"numeric\" autocomplete=\"one-time-code\" required=\"required\"/>\n\
                 {error}\n<button type=\"submit\">Log in</button>\n<input type=\"hidden\" name=\"redirect\" value=\"{}\"/>\n</form>",
                escape(&form.csrf_token),
                escape(&form.redirect),
            ),
        )
    }

    /// `/odoo` and what is below, for internal users. The CSRF token must be in it as `csrf_token: "..."`; no script inside runs but
    /// [`client_script`].
    fn client(&self, session: &Session, csrf_token: &str, path: &str) -> String;

    /// A path that leads nowhere.
    fn not_found(&self, path: &str) -> String;
}

/// The script of the client's page.
pub fn client_script(csrf_token: &str) -> String {
    format!("var odoo = {{csrf_token: \"{csrf_token}\"}};")
}

/// Pages without any make-up.
pub struct PlainPages;

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><meta charset=\"utf-8\"/>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>{title}</title></head>\n\
         <body>{body}</body>\n</html>\n"
    )
}

impl Pages for PlainPages {
    fn login(&self, form: &LoginForm) -> String {
        let error = form.error.as_deref().map(|e| format!("<p role=\"alert\">{}</p>", escape(e))).unwrap_or_default();
        page(
            "Log in",
            &format!(
                "<form class=\"oe_login_form\" method=\"post\" action=\"/web/login\">\n\
                 <input type=\"hidden\" name=\"csrf_token\" value=\"{}\"/>\n\
                 <label for=\"login\">Email</label>\n\
                 <input type=\"text\" name=\"login\" id=\"login\" value=\"{}\" required=\"required\" autocomplete=\"username\"/>\n\
                 <label for=\"password\">Password</label>\n\
                 <input type=\"password\" name=\"password\" id=\"password\" required=\"required\" autocomplete=\"current-password\"/>\n\
                 {error}\n<button type=\"submit\">Log in</button>\n\
                 <input type=\"hidden\" name=\"redirect\" value=\"{}\"/>\n</form>",
                escape(&form.csrf_token),
                escape(&form.login),
                escape(&form.redirect),
            ),
        )
    }

    fn client(&self, _session: &Session, csrf_token: &str, _path: &str) -> String {
        page("Lastmile", &format!("<script>{}</script><h1>Lastmile</h1>", client_script(csrf_token)))
    }

    fn not_found(&self, path: &str) -> String {
        page("Page not found", &format!("<h1>Page not found</h1><p>There is nothing at {}.</p>", escape(path)))
    }
}
