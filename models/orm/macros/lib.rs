//! `sql!`: statements written as SQL, checked when they compile.

mod template;

use proc_macro::TokenStream;
use proc_macro2::Span;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Token, parse_macro_input};

use template::{Kind, Part};

/// A statement or a piece of one, as `lastmile_orm::sql::Sql`.
///
/// ```ignore
/// sql!("UPDATE isp_provisioning_job SET state = 'success' WHERE id = ANY({jobs})", jobs = ids)
/// ```
///
/// | placeholder | becomes |
/// | --- | --- |
/// | `{name}` | a bind: anything with `sql::ToBind` |
/// | `{name:ident}` | a quoted identifier of the registry |
/// | `{name:sql}` | a fragment: `Sql`, or a constant text |
/// | `{{`, `}}` | a brace |
///
/// A name without a value is the variable of that name. Line breaks with their indentation become one space, so that a
/// statement can be laid out over several lines. Values that no placeholder names do not compile.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    let call = parse_macro_input!(input as Call);
    expand(&call).unwrap_or_else(|error| error.to_compile_error()).into()
}

struct Call {
    text: LitStr,
    values: Vec<(Ident, Expr)>,
}

struct Named(Ident, Expr);

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Named(name, input.parse()?))
    }
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        let values = Punctuated::<Named, Token![,]>::parse_terminated(input)?;
        Ok(Call { text, values: values.into_iter().map(|Named(name, value)| (name, value)).collect() })
    }
}

fn expand(call: &Call) -> syn::Result<proc_macro2::TokenStream> {
    let wrong = |message: String| syn::Error::new(call.text.span(), message);
    let parts = template::parse(&call.text.value()).map_err(wrong)?;
    let mut kinds: Vec<(String, Kind)> = Vec::new();
    for part in &parts {
        let Part::Value(name, kind) = part else { continue };
        match kinds.iter().find(|(known, _)| known == name) {
            Some((_, known)) if known != kind => return Err(wrong(format!("`{name}` stands for two things"))),
            Some(_) => {}
            None => kinds.push((name.clone(), *kind)),
        }
    }
    for (n, (name, _)) in call.values.iter().enumerate() {
        if !kinds.iter().any(|(used, _)| name == used) {
            return Err(syn::Error::new(name.span(), format!("no placeholder is called `{name}`")));
        }
        if call.values.iter().take(n).any(|(earlier, _)| earlier == name) {
            return Err(syn::Error::new(name.span(), format!("`{name}` is given twice")));
        }
    }
    // Each value is made once and cloned for all but its last place.
    let lets = kinds.iter().enumerate().map(|(n, (name, kind))| {
        let local = format_ident!("value{n}", span = Span::mixed_site());
        let given = call.values.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let variable = Ident::new(name, call.text.span());
        let value = given.map_or_else(|| quote!(#variable), |value| quote!(#value));
        match kind {
            Kind::Bind if given.is_some() => quote!(let #local = ::lastmile_orm::sql::ToBind::into_bind(#value);),
            Kind::Bind => quote!(let #local = ::lastmile_orm::sql::ToBind::to_bind(&#value);),
            Kind::Sql => quote!(let #local: ::lastmile_orm::sql::Sql = ::core::convert::Into::into(#value);),
            Kind::Ident => quote!(let #local = &#value;),
        }
    });
    let mut left: Vec<usize> =
        kinds.iter().map(|(name, _)| parts.iter().filter(|part| matches!(part, Part::Value(used, _) if used == name)).count()).collect();
    let steps = parts.iter().map(|part| match part {
        Part::Text(text) => quote!(.push(#text)),
        Part::Value(name, kind) => {
            let at = kinds.iter().position(|(known, _)| known == name).unwrap_or_default();
            let local = format_ident!("value{at}", span = Span::mixed_site());
            let last = left.get_mut(at).is_none_or(|left| {
                *left -= 1;
                *left == 0
            });
            let value = if last || *kind == Kind::Ident { quote!(#local) } else { quote!(#local.clone()) };
            match kind {
                Kind::Bind => quote!(.push_bind(#value)),
                Kind::Sql => quote!(.push_sql(#value)),
                Kind::Ident => quote!(.push_ident(::core::convert::AsRef::<str>::as_ref(#value))),
            }
        }
    });
    Ok(quote!({
        #(#lets)*
        ::lastmile_orm::sql::Sql::new()#(#steps)*
    }))
}
