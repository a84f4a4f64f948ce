/** Scripted calls as JUnit Jupiter tests: {@link io.matrixrtc.testkit.junit.ScriptedCallTest}. */
@NullMarked
package io.matrixrtc.testkit.junit;

import org.jspecify.annotations.NullMarked;
