/**
 * What happened in a scripted call, as events with their times: who was there, which key went to
 * whom, what was heard, what was attacked. Keys appear as fingerprints only.
 */
@NullMarked
package io.matrixrtc.testkit.trace;

import org.jspecify.annotations.NullMarked;
