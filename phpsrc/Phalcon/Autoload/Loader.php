<?php

declare(strict_types=1);

namespace Phalcon\Autoload;

use Phalcon\Autoload\Exceptions\LoaderDirectoriesNotArray;
use Phalcon\Autoload\Exceptions\LoaderMethodNotCallable;
use Phalcon\Events\AbstractEventsAware;

/**
 * Loads classes: from a map of their files, from the directories of their name spaces (PSR-4), from directories.
 *
 * Fires loader:beforeCheckClass, beforeCheckPath, pathFound and afterCheckClass.
 */
class Loader extends AbstractEventsAware
{
    protected $checkedPath = null;
    protected $classes = [];
    protected $debug = [];
    protected $directories = [];
    protected $extensions = [];
    protected $fileCheckingCallback = 'is_file';
    protected $files = [];
    protected $foundPath = null;
    protected $isDebug = false;
    protected $isRegistered = false;
    protected $namespaces = [];
    protected $nestingLevel = 0;

    public function __construct(bool $isDebug = false)
    {
        $this->extensions['php'] = 'php';
        $this->isDebug = $isDebug;
    }

    public function addClass(string $name, string $file): static
    {
        $this->classes[$name] = $file;

        return $this;
    }

    public function addDirectory(string $directory): static
    {
        $this->directories[$directory] = $directory;

        return $this;
    }

    public function addExtension(string $extension): static
    {
        $this->extensions[$extension] = $extension;

        return $this;
    }

    /** A file that register() loads. */
    public function addFile(string $file): static
    {
        $this->files[$file] = $file;

        return $this;
    }

    /** Adds directories, a string or an array, behind (or before) those that the name space has. */
    public function addNamespace(string $name, $directories, bool $prepend = false): static
    {
        $prefix = trim($name, '\\') . '\\';
        $known = $this->namespaces[$prefix] ?? [];
        $new = $this->checkDirectories($directories, $name);
        $this->namespaces[$prefix] = array_unique($prepend ? array_merge($new, $known) : array_merge($known, $new));

        return $this;
    }

    /** What spl_autoload_register() is given; answers whether a file was loaded. */
    public function autoload(string $className): bool
    {
        // A file that is loaded may need further classes: the notes are those of the outermost one.
        if ($this->nestingLevel === 0) {
            $this->debug = [];
        }
        $this->nestingLevel++;
        try {
            $this->addDebug("Loading: $className");
            $this->fireManagerEvent('loader:beforeCheckClass', $className);
            if ($this->loadFromClasses($className)) {
                return true;
            }
            $this->addDebug("Class: 404: $className");
            if ($this->loadFromNamespaces($className)) {
                return true;
            }
            $this->addDebug("Namespace: 404: $className");
            if ($this->loadFromDirectories($this->directories, $className)) {
                $this->addDebug("Directories: $this->checkedPath");

                return true;
            }
            $this->addDebug("Directories: 404: $className");
            $this->fireManagerEvent('loader:afterCheckClass', $className);

            return false;
        } finally {
            $this->nestingLevel--;
        }
    }

    /** The file that was looked for last. */
    public function getCheckedPath(): ?string
    {
        return $this->checkedPath;
    }

    public function getClasses(): array
    {
        return $this->classes;
    }

    /** What the last autoload() did, if the loader was made to note it. */
    public function getDebug(): array
    {
        return $this->debug;
    }

    public function getDirectories(): array
    {
        return $this->directories;
    }

    public function getExtensions(): array
    {
        return $this->extensions;
    }

    public function getFiles(): array
    {
        return $this->files;
    }

    /** The file that was loaded last. */
    public function getFoundPath(): ?string
    {
        return $this->foundPath;
    }

    public function getNamespaces(): array
    {
        return $this->namespaces;
    }

    public function loadFiles(): void
    {
        foreach ($this->files as $file) {
            $this->fireManagerEvent('loader:beforeCheckPath', $file);
            $this->requireFile($file);
        }
    }

    /** Loads the files and from then on classes. */
    public function register(bool $prepend = false): static
    {
        if (!$this->isRegistered) {
            $this->loadFiles();
            spl_autoload_register([$this, 'autoload'], true, $prepend);
            $this->isRegistered = true;
        }

        return $this;
    }

    public function setClasses(array $classes, bool $merge = false): static
    {
        if (!$merge) {
            $this->classes = [];
        }
        foreach ($classes as $name => $file) {
            $this->addClass($name, $file);
        }

        return $this;
    }

    public function setDirectories(array $directories, bool $merge = false): static
    {
        if (!$merge) {
            $this->directories = [];
        }
        array_map($this->addDirectory(...), $directories);

        return $this;
    }

    public function setExtensions(array $extensions, bool $merge = false): static
    {
        if (!$merge) {
            $this->extensions = ['php' => 'php'];
        }
        array_map($this->addExtension(...), $extensions);

        return $this;
    }

    /** Tells whether a file is there, is_file() by default; null takes them all to be. */
    public function setFileCheckingCallback($method = null): static
    {
        $this->fileCheckingCallback = match (true) {
            is_callable($method) => $method,
            $method === null => static fn (): bool => true,
            default => throw new LoaderMethodNotCallable(),
        };

        return $this;
    }

    public function setFiles(array $files, bool $merge = false): static
    {
        if (!$merge) {
            $this->files = [];
        }
        array_map($this->addFile(...), $files);

        return $this;
    }

    public function setNamespaces(array $namespaces, bool $merge = false): static
    {
        if (!$merge) {
            $this->namespaces = [];
        }
        foreach ($namespaces as $name => $directories) {
            $this->addNamespace($name, $directories);
        }

        return $this;
    }

    public function isRegistered(): bool
    {
        return $this->isRegistered;
    }

    public function unregister(): static
    {
        if ($this->isRegistered) {
            spl_autoload_unregister([$this, 'autoload']);
            $this->isRegistered = false;
        }

        return $this;
    }

    protected function requireFile(string $file): bool
    {
        if (($this->fileCheckingCallback)($file) === false) {
            $this->addDebug("Require: 404: $file");

            return false;
        }
        $this->foundPath = $file;
        $this->fireManagerEvent('loader:pathFound', $file);
        $this->addDebug("Require: $file");
        require_once $file;

        return true;
    }

    private function addDebug(string $message): void
    {
        if ($this->isDebug) {
            $this->debug[] = $message;
        }
    }

    private function loadFromClasses(string $className): bool
    {
        $file = $this->classes[$className] ?? null;
        if ($file === null) {
            return false;
        }
        $this->fireManagerEvent('loader:beforeCheckPath', $file);
        if (!$this->requireFile($file)) {
            return false;
        }
        $this->addDebug("Class: load: $file");

        return true;
    }

    /** @param iterable<string> $directories */
    private function loadFromDirectories(iterable $directories, string $className): bool
    {
        $name = str_replace('\\', DIRECTORY_SEPARATOR, $className);
        foreach ($directories as $directory) {
            $path = rtrim($directory, DIRECTORY_SEPARATOR) . DIRECTORY_SEPARATOR . $name;
            foreach ($this->extensions as $extension) {
                $this->checkedPath = "$path.$extension";
                $this->fireManagerEvent('loader:beforeCheckPath', $this->checkedPath);
                if ($this->requireFile($this->checkedPath)) {
                    return true;
                }
            }
        }

        return false;
    }

    private function loadFromNamespaces(string $className): bool
    {
        foreach ($this->namespaces as $prefix => $directories) {
            if (
                str_starts_with($className, $prefix)
                && $this->loadFromDirectories($directories, substr($className, strlen($prefix)))
            ) {
                $this->addDebug("Namespace: $prefix - $this->checkedPath");

                return true;
            }
        }

        return false;
    }

    /** @return array<string, string> */
    private function checkDirectories(mixed $directories, string $name): array
    {
        if (!is_string($directories) && !is_array($directories)) {
            throw new LoaderDirectoriesNotArray($name);
        }
        $checked = [];
        foreach ((array)$directories as $directory) {
            $directory = rtrim($directory, DIRECTORY_SEPARATOR) . DIRECTORY_SEPARATOR;
            $checked[$directory] = $directory;
        }

        return $checked;
    }
}
