/**
 * The scripted call that shows the whole: people join late, leave, come back, fall silent; what
 * everybody heard is compared with what was sent; and everyone who should not hear something tries
 * to.
 */
@NullMarked
package io.matrixrtc.testkit.demo;

import org.jspecify.annotations.NullMarked;
