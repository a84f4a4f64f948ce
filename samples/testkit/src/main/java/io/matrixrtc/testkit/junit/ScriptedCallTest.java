package io.matrixrtc.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a {@link io.matrixrtc.testkit.script.CallScript} and devices as
 * parameters: each test a script of its own, which is closed after it.
 *
 * <pre>{@code
 * @ScriptedCallTest
 * class MyKeysTest {
 *   @Test
 *   void aLeaverHearsNoMore(CallScript call, CallDevice alice, CallDevice bob) {
 *     call.start(alice, bob);
 *     ...
 *   }
 * }
 * }</pre>
 *
 * <p>A device is named by its parameter ({@code -parameters} is needed), or by {@link Device}; it
 * is the library's unless {@link PlayedBy} says otherwise. A test that fails leaves its trace, and
 * a page that shows it, in {@code target/call-traces}, or wherever {@code
 * -Dmatrixrtc.script.traces} says; with {@code -Dmatrixrtc.script.traces.all=true} each test does.
 * {@code -Dmatrixrtc.script.homeserver=URL} runs the scripts on another homeserver, {@code
 * -Dmatrixrtc.script.seed=N} with another seed.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ScriptedCallExtension.class)
public @interface ScriptedCallTest {
  /** Name of the rotation policy. */
  String policy() default "strict";

  /** Name of the trust requirement: {@code all}, or {@code cross-signed}. */
  String trust() default "all";

  /** Seconds of media time in one second. */
  double speed() default 5;

  /**
   * Whether homeserver, devices and timers run in virtual time: then {@link #speed} counts for
   * nothing. See {@link io.matrixrtc.testkit.script.ScriptSettings#inVirtualTime}.
   */
  boolean virtualTime() default false;

  /** How long an expectation waits, in wall time, or in virtual time. */
  long patienceSeconds() default 60;

  /** Of everything random. */
  long seed() default 1;
}
