<?php

declare(strict_types=1);

namespace Tasks;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\Date;
use Phalcon\Filter\Validation\Validator\PresenceOf;
use Phalcon\Filter\Validation\Validator\StringLength;

/** What a new task must look like: {"title": "...", "due": "2030-01-31"}; the date may be left out. */
final class NewTask extends Validation
{
    public function initialize(): void
    {
        $this->add('title', new PresenceOf(['message' => 'A task needs a title', 'cancelOnFail' => true]));
        $this->add('title', new StringLength(['max' => 100, 'messageMaximum' => 'A title has at most 100 characters']));
        $this->add('due', new Date(['format' => 'Y-m-d', 'allowEmpty' => true, 'message' => 'due is a date: 2030-01-31']));
        $this->setFilters('title', ['striptags', 'trim']);
    }
}
