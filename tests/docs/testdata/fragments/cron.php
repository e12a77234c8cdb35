<?php

$worker = new Worker();
$database = new class {
    public function work(): void
    {
    }
};
