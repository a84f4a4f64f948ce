/** How {@code matrixrtc simulate} shows what it found: a table, JSON lines, a page with plots. */
@NullMarked
package io.matrixrtc.cli.simulate;

import org.jspecify.annotations.NullMarked;
