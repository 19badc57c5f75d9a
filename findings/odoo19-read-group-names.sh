#!/usr/bin/env bash
# Odoo 19, read_group: `fields=["create_uid:count"], groupby=["create_uid"]` asks for the number of values beside each group.
# The answer's `__domain`, which clients send back to open the group, then compares the field with that *number*: it leads to
# the records of another user, or to none. With a name of its own (`n:count(create_uid)`) the domain is right.
#
# Needs root (for PostgreSQL's own account) on a Debian with apt, PostgreSQL's server programs and Python's venv. About 300 MB.
set -euo pipefail
PACKAGE=odoo-19=19.0.0+dfsg-1
PYTHON_PACKAGES='aiohappyeyeballs==2.7.1 aiohttp==3.14.5 aiosignal==1.4.0 asn1crypto==1.5.1 attrs==26.1.0 babel==2.19.0 beautifulsoup4==4.15.0
    cbor2==6.3.0 certifi==2026.10.19.post1 cffi==2.1.1 chardet==7.7.0 charset-normalizer==3.5.3 cryptography==50.0.2 docopt==0.6.2
    docutils==0.23 et_xmlfile==2.0.0 freezegun==1.5.5 frozenlist==1.8.0 geoip2==5.3.0 gevent==26.9.0 greenlet==3.5.6 idna==3.20
    isodate==0.7.2 Jinja2==3.1.6 libsass==0.23.0 lxml==6.1.3 lxml_html_clean==0.4.6 MarkupSafe==3.0.4 maxminddb==3.2.0
    multidict==7.2.1 num2words==0.5.14 ofxparse==0.21 openpyxl==3.1.5 passlib==1.7.4 pillow==13.0.0 platformdirs==4.14.8 polib==1.2.0
    propcache==0.5.4 psutil==7.2.2 psycopg2-binary==2.9.13 pycparser==3.12 pyOpenSSL==26.4.0 pypdf==7.1.1 pyserial==3.5
    python-dateutil==4.0.0 python-magic==0.4.27 python-stdnum==2.2 pytz==2026.6 qrcode==8.2 reportlab==5.1.0 requests==2.34.2
    requests-file==3.0.1 requests-toolbelt==1.0.0 rjsmin==1.3.0 setuptools==65.5.0 six==1.17.0 soupsieve==4.1.3
    typing_extensions==4.16.0 tzdata==2026.6 urllib3==2.8.0 vobject==0.9.9 Werkzeug==3.0.1 xlrd==2.0.2 xlsxwriter==3.3.1 xlwt==1.3.0
    yarl==1.25.1 zeep==4.3.3 zope.event==6.2 zope.interface==8.7'
work=$(mktemp -d); chmod 755 "$work"
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as_postgres() { (cd / && runuser -u postgres -- "$@"); }
finish() { as_postgres "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop > /dev/null 2>&1 || true; rm -rf "$work"; }
trap finish EXIT

# The package of Debian's unstable suite, unpacked beside a Python of its own.
mirror=$(grep -hoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | head -1 | tr -d ' ' || true)
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/deb" "$work/tree" "$work/pg"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$work/apt/sources.list"
apt=(-qq -o "Dir::State::lists=$work/apt/lists" -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=/nonexistent
    -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update
(cd "$work/deb" && apt-get "${apt[@]}" download "$PACKAGE")
for deb in "$work"/deb/*.deb; do dpkg -x "$deb" "$work/tree"; done
version=$(dpkg-deb -f "$work"/deb/odoo-19*.deb Version)
python3 -m venv "$work/venv"
# shellcheck disable=SC2086
"$work/venv/bin/pip" --quiet --disable-pip-version-check install $PYTHON_PACKAGES

chown postgres "$work/pg"
as_postgres "$bin/initdb" -D "$work/pg/data" -U odoo --auth=trust --locale=C.UTF-8 -E UTF8 > /dev/null
as_postgres "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w -o "-c listen_addresses='' -c unix_socket_directories=$work/pg -c fsync=off" start > /dev/null
modules=$work/tree/usr/lib/python3/dist-packages
odoo() {
    local verb=$1; shift
    # shellcheck disable=SC2086
    PYTHONPATH=$modules LC_ALL=C.UTF-8 "$work/venv/bin/python" "$work/tree/usr/bin/odoo" $verb --db_host="$work/pg" --db_user=odoo \
        --addons-path="$modules/odoo/addons" --data-dir="$work/data" --no-http "$@" 2>> "$work/log"
}
odoo '' -d finding -i base --without-demo=all --stop-after-init
seen=$(odoo shell -d finding <<'PYTHON' | grep '^seen '
Group = env['res.groups']
Group.create([{'name': 'a'}, {'name': 'b'}, {'name': 'c'}])
domain = [('name', 'in', ['a', 'b', 'c'])]
[same] = Group.read_group(domain, ['create_uid:count'], ['create_uid'])
[own] = Group.read_group(domain, ['n:count(create_uid)'], ['create_uid'])
print('seen', same['create_uid_count'], Group.search_count(same['__domain']), '|', own['create_uid_count'], Group.search_count(own['__domain']))
PYTHON
)
echo "Odoo $version: counted and found under the field's name, under a name of its own: $seen"
[ "$seen" = 'seen 3 0 | 3 3' ]
