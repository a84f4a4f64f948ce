/** Participants in JVMs of their own: requests and trace go over standard input and output. */
@NullMarked
package io.matrixrtc.testkit.process;

import org.jspecify.annotations.NullMarked;
