/**
 * Shows a trace to people: a self-contained HTML page, and a table in the terminal while the call
 * runs.
 */
@NullMarked
package io.matrixrtc.testkit.report;

import org.jspecify.annotations.NullMarked;
