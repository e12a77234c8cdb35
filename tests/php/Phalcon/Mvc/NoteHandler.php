<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Phalcon\Mvc\Controller;

final class NoteHandler extends Controller
{
    /** @var list<string> */
    private array $notes = [];

    /** @return list<string> */
    public function add(string $note): array
    {
        $this->notes[] = $note;

        return $this->notes;
    }
}
