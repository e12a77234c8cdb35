package cli

// Help is what "phalanx help" prints: everything on one screen.
const Help = `phalanx runs PHP scripts, Workerman servers, and FrankenPHP with Caddy.

  phalanx FILE.php [ARGS]       run a script, as php would
  phalanx FILE.php start [-d]   a script that calls Worker::runAll(): start its
                                servers (also stop, restart, reload, status,
                                connections; -g graceful, -d in the background)
  phalanx watch FILE.php        the same for development: workers are replaced when
                                a file changes, errors are shown (--help)
  phalanx new NAME              an application to begin with (--help)
  phalanx stubs [--out FILE]    the classes of Go components, for editors
  phalanx shared FILE [--json]  what the workers of a running server share
  phalanx health [HOST:PORT]    whether a running server's monitor says it lives
  phalanx build --with MODULE   a binary with components of your own (--help)
  phalanx run --config FILE     Caddy with FrankenPHP and a Caddyfile
  phalanx php-server            serve a folder of PHP files (--help: options)
  phalanx php-cli FILE.php      FrankenPHP's own command line for PHP
  phalanx version, adapt, ...   Caddy's commands: phalanx caddy-help

Options before FILE.php, as in php:
  -r CODE     run code              -l         check the syntax only
  -d N[=V]    set an ini value      -f FILE    the script
  -c PATH     where php.ini is      -n         read no php.ini
  -v  -m  -i  version, modules, phpinfo        --ini   the ini files read
  --ri EXT    an extension's settings          --rf, --rc, --re, --rz NAME
  --          what follows is for the script   -s -w   highlight, strip

Weakest first, settings come from: built-in defaults, php.ini and the folders in
PHP_INI_SCAN_DIR (PHPRC names another php.ini), -d.
`
