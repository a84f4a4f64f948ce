/**
 * Calls as short scripts: devices join, leave, crash; the network fails; expectations wait until
 * they are met and say what was seen if they are not. Begin at {@link
 * io.matrixrtc.testkit.script.CallScript}.
 */
@NullMarked
package io.matrixrtc.testkit.script;

import org.jspecify.annotations.NullMarked;
