#ifndef PHX_HOST_H
#define PHX_HOST_H

/* Before FrankenPHP starts PHP. argv is the script's, argv[0] its path; all of it is kept. */
void phx_host_setup(int argc, char **argv, char *ini_path, int ini_ignore);

#endif
