package io.matrixrtc.testkit.junit;

import io.matrixrtc.testkit.script.DevicePlayer;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A device that a test is given is played by another implementation than the library:
 *
 * <pre>{@code
 * void theyHearEachOther(CallScript call, CallDevice alice, @PlayedBy(JsSdk.class) CallDevice bob)
 * }</pre>
 *
 * <p>What the player needs beside the homeserver is there from the start. There is one player of a
 * class in a test run, made by its public constructor without parameters; if it is {@link
 * AutoCloseable}, it is closed at the end of the run.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface PlayedBy {
  /** The player. */
  Class<? extends DevicePlayer> value();
}
