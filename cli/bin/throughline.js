#!/usr/bin/env node
// Separate from the build, because npm links a command when it installs the package: in a clone, before the build.
import '../dist/esm/main.js';
