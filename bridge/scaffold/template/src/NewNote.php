<?php

declare(strict_types=1);

namespace App;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\PresenceOf;
use Phalcon\Filter\Validation\Validator\StringLength;

/** A note as somebody sends it: {"title": "...", "text": "..."}; the text may be left out. */
final class NewNote
{
    public const MAX_TITLE = 100;

    public const MAX_TEXT = 2000;

    /** @param array<string, string> $errors by field; none: title and text can be used */
    private function __construct(
        public readonly string $title,
        public readonly string $text,
        public readonly array $errors,
    ) {
    }

    /** @param array<array-key, mixed> $fields */
    public static function from(array $fields): self
    {
        $values = [];
        foreach (['title', 'text'] as $field) {
            $values[$field] = is_string($fields[$field] ?? null) ? trim($fields[$field]) : '';
        }
        $rules = new Validation();
        $rules->add('title', new PresenceOf(['message' => 'A note needs a title', 'cancelOnFail' => true]));
        $rules->add('title', new StringLength([
            'max' => self::MAX_TITLE,
            'messageMaximum' => 'A title has at most ' . self::MAX_TITLE . ' characters',
        ]));
        $rules->add('text', new StringLength([
            'max' => self::MAX_TEXT,
            'messageMaximum' => 'A text has at most ' . self::MAX_TEXT . ' characters',
        ]));
        $errors = [];
        foreach ($rules->validate($values) as $message) {
            $errors[$message->getField()] ??= $message->getMessage();
        }

        return new self($values['title'], $values['text'], $errors);
    }
}
