//! Pages for those who are not signed in: the login form, and paths that lead nowhere.

use std::sync::Arc;

use lastmile_rpc::pages::{CodeForm, LoginForm, Pages, PlainPages};
use lastmile_rpc::{Session, http};
use tera::{Context, Tera};

/// The wire's pages, with templates.
pub struct Plain {
    tera: Arc<Tera>,
}

impl Plain {
    /// Over the program's templates.
    pub fn new(tera: Arc<Tera>) -> Self {
        Plain { tera }
    }

    fn render(&self, name: &str, mut context: Context, otherwise: impl FnOnce() -> String) -> String {
        context.insert("version", super::assets::version());
        self.tera.render(name, &context).unwrap_or_else(|error| {
            tracing::error!(%error, "page");
            otherwise()
        })
    }
}

impl Pages for Plain {
    fn login(&self, form: &LoginForm) -> String {
        let mut context = Context::new();
        context.insert("csrf_token", &form.csrf_token);
        context.insert("redirect", &form.redirect);
        context.insert("login", &form.login);
        context.insert("error", form.error.as_deref().unwrap_or_default());
        self.render("admin/login.html", context, || PlainPages.login(form))
    }

    fn code(&self, form: &CodeForm) -> String {
        let mut context = Context::new();
        context.insert("csrf_token", &form.csrf_token);
        context.insert("redirect", &form.redirect);
        context.insert("error", form.error.as_deref().unwrap_or_default());
        self.render("admin/code.html", context, || PlainPages.code(form))
    }

    fn client(&self, session: &Session, csrf_token: &str, path: &str) -> String {
        PlainPages.client(session, csrf_token, path)
    }

    fn not_found(&self, path: &str) -> String {
        let mut context = Context::new();
        context.insert("path", path);
        let plain = || format!("<h1>Page not found</h1><p>{}</p>", http::response::escape(path));
        self.render("admin/not_found.html", context, plain)
    }
}
