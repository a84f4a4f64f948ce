package io.matrixrtc.testkit.junit;

import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.DevicePlayer;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Opens a script when a test first asks for it, and closes it. See {@link ScriptedCallTest}. */
public final class ScriptedCallExtension implements ParameterResolver, AfterEachCallback {
  /** Where the traces of failed tests go; {@code target/call-traces} unless set. */
  public static final String TRACES = "matrixrtc.script.traces";

  /** Base URL of the homeserver to run scripts on; an embedded one unless set. */
  public static final String HOMESERVER = "matrixrtc.script.homeserver";

  /** Seed in place of the annotation's. */
  public static final String SEED = "matrixrtc.script.seed";

  /** Set to true, every test leaves its trace, not only one that fails. */
  public static final String ALL_TRACES = "matrixrtc.script.traces.all";

  private static final Namespace NAMESPACE = Namespace.create(ScriptedCallExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type.equals(CallScript.class) || type.equals(CallDevice.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    CallScript call =
        context
            .getStore(NAMESPACE)
            .computeIfAbsent(CallScript.class, key -> open(context), CallScript.class);
    if (parameter.getParameter().getType().equals(CallScript.class)) {
      return call;
    }
    CallDevice device = call.device(deviceName(parameter));
    parameter
        .findAnnotation(PlayedBy.class)
        .ifPresent(by -> device.playedBy(player(by.value(), context)));
    return device;
  }

  /** The one of a class, for all tests of this run; JUnit closes it in the end. */
  private static DevicePlayer player(Class<? extends DevicePlayer> type, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(type, wanted -> ReflectionSupport.newInstance(type), DevicePlayer.class);
  }

  /** Those who play the devices that a test is given. */
  private static DevicePlayer[] players(ExtensionContext context) {
    return Arrays.stream(context.getRequiredTestMethod().getParameters())
        .flatMap(parameter -> AnnotationSupport.findAnnotation(parameter, PlayedBy.class).stream())
        .map(PlayedBy::value)
        .distinct()
        .map(type -> player(type, context))
        .toArray(DevicePlayer[]::new);
  }

  private static String deviceName(ParameterContext parameter) {
    Optional<Device> named = parameter.findAnnotation(Device.class);
    if (named.isPresent()) {
      return named.get().value();
    }
    if (!parameter.getParameter().isNamePresent()) {
      throw new ParameterResolutionException(
          "a device needs a name: compile with -parameters, or say @Device(\"alice\")");
    }
    return parameter.getParameter().getName().toLowerCase(Locale.ROOT);
  }

  private static CallScript open(ExtensionContext context) {
    ScriptedCallTest wanted =
        AnnotationSupport.findAnnotation(context.getElement(), ScriptedCallTest.class)
            .or(
                () ->
                    AnnotationSupport.findAnnotation(
                        context.getRequiredTestClass(), ScriptedCallTest.class))
            .orElseThrow(
                () -> new ParameterResolutionException("a script needs @ScriptedCallTest"));
    String homeserver = System.getProperty(HOMESERVER, "");
    ScriptSettings settings =
        homeserver.isEmpty()
            ? ScriptSettings.embedded()
            : ScriptSettings.at(URI.create(homeserver));
    return CallScript.open(
        (wanted.virtualTime() ? settings.inVirtualTime() : settings)
            .with(players(context))
            .titled(name(context))
            .withPolicy(wanted.policy())
            .withTrust(wanted.trust())
            .atSpeed(wanted.speed())
            .withPatience(Duration.ofSeconds(wanted.patienceSeconds()))
            .withSeed(Long.getLong(SEED, wanted.seed())));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    CallScript call = context.getStore(NAMESPACE).remove(CallScript.class, CallScript.class);
    if (call == null) {
      return;
    }
    Optional<Throwable> failure = context.getExecutionException();
    try {
      if (failure.isPresent() || Boolean.getBoolean(ALL_TRACES)) {
        Path file = keepTrace(call, name(context));
        context.publishReportEntry("call trace", file.toString());
        failure.ifPresent(why -> why.addSuppressed(new TraceKept(file)));
      }
    } finally {
      if (failure.isPresent()) {
        call.world().close(); // what has failed says enough
      } else {
        call.close();
      }
    }
  }

  private static String name(ExtensionContext context) {
    String method = context.getRequiredTestMethod().getName();
    String shown = context.getDisplayName();
    String name = context.getRequiredTestClass().getSimpleName() + "." + method;
    // A repeated or parameterized test has a name of its own for each run.
    return shown.startsWith(method) ? name : name + "-" + shown.replaceAll("[^A-Za-z0-9]+", "-");
  }

  static Path keepTrace(CallScript call, String name) {
    Path file = Path.of(System.getProperty(TRACES, "target/call-traces"), name + ".jsonl");
    call.writeTrace(file);
    call.writeTrace(page(file));
    return file;
  }

  private static Path page(Path trace) {
    String name = trace.getFileName().toString();
    return trace.resolveSibling(name.replaceFirst("jsonl$", "html"));
  }

  /** Tells, below a failure, where the trace is. */
  private static final class TraceKept extends RuntimeException {
    private static final long serialVersionUID = 1;

    TraceKept(Path file) {
      super("what happened: " + page(file) + ", made of " + file, null, false, false);
    }
  }
}
