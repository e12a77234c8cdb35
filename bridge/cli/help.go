package cli

// Help is what "phalanx help" prints: everything on one screen.
const Help = `phalanx runs PHP scripts, Workerman servers, and FrankenPHP with Caddy.

  phalanx FILE.php [ARGS]       run a script, as php would
  phalanx FILE.php start [-d]   a script that calls Worker::runAll(): servers
                                (stop, restart, reload, status, stacks, ...)
  phalanx watch FILE.php        the same for development: follows the files
  phalanx new NAME              an application to begin with
  phalanx stubs [--out FILE]    the classes of Go components, for editors
  phalanx shared FILE [--json]  what the workers of a running server share
  phalanx health [HOST:PORT]    whether a running server's monitor says it lives
  phalanx build --with MODULE   a binary with components of your own
  phalanx run --config FILE     Caddy with FrankenPHP and a Caddyfile
  phalanx php-server            FrankenPHP: serve a folder (php-cli: a script)
  phalanx version, adapt, ...   Caddy's commands: phalanx caddy-help

Options before FILE.php, as in php (commands tell theirs with --help):
  -r CODE     run code              -l         check the syntax only
  -d N[=V]    set an ini value      -f FILE    the script
  -c PATH     where php.ini is      -n         read no php.ini
  -v  -m  -i  version, modules, phpinfo        --ini   the ini files read
  --ri EXT    an extension's settings          --rf, --rc, --re, --rz NAME
  --          what follows is for the script   -s -w   highlight, strip

Settings, weakest first: defaults, php.ini (or PHPRC), PHP_INI_SCAN_DIR, -d
`
