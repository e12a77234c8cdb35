#ifndef PHX_HOST_H
#define PHX_HOST_H

/* Before FrankenPHP starts PHP. script is the file's whole path, argv what the script was given with
 * its name as the user wrote it; all of it is kept. */
void phx_host_setup(const char *script, int argc, char **argv, char *ini_path, int ini_ignore);

/* Before Caddy starts FrankenPHP: php.ini's defaults for a web server. */
void phx_web_setup(void);

#endif
