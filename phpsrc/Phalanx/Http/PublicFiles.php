<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Workerman\Protocols\Http\Request;

/**
 * The files of a folder that anybody may have: style sheets, scripts, pictures.
 *
 * Never those outside of it, whatever the path or a symbolic link says, nor PHP files, nor those whose name or folder
 * begins with a dot, except under /.well-known/ (RFC 8615).
 */
final class PublicFiles
{
    private readonly string $root;

    /** @throws \InvalidArgumentException when there is no such folder */
    public function __construct(string $folder)
    {
        $root = \realpath($folder);
        if ($root === false || !\is_dir($root)) {
            throw new \InvalidArgumentException("There is no folder $folder to serve files from");
        }
        $this->root = \rtrim($root, '/') . '/';
    }

    /** @return string|null the file that a GET or HEAD request asks for */
    public function find(Request $request): ?string
    {
        if ($request->method() !== 'GET' && $request->method() !== 'HEAD') {
            return null;
        }
        $path = \rawurldecode($request->path());
        if ($path === '/' || \preg_match('~\x00|\\\\|/\.(?!well-known/)|\.(?:php\d?|phtml|phar)$|/$~iD', $path) === 1) {
            return null;
        }
        $file = \realpath($this->root . \ltrim($path, '/'));
        if ($file === false || !\str_starts_with($file, $this->root) || !\is_file($file)) {
            return null;
        }

        // A link to such a file is no way around the rule.
        $hidden = '~/\.(?!well-known/)|\.(?:php\d?|phtml|phar)$~iD';

        return \preg_match($hidden, \substr($file, \strlen($this->root) - 1)) === 1 ? null : $file;
    }
}
