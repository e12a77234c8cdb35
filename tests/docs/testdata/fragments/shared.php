<?php
$resolveOnly = ['$simple = '];
