package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Every command that is shown, used wrongly in every way that its options make possible. The ways
 * come from the commands themselves, so that a new option is tried, too.
 */
class MisuseTest {
  /** More words than any command takes. */
  private static final List<String> SURPLUS = List.of("surplus", "surplus", "surplus");

  private static final int LEAST_WAYS = 5;

  /** A wrong line, and what the answer must name. */
  private record Misuse(List<String> line, String named) {}

  static Stream<CommandSpec> commands() {
    List<CommandSpec> commands = new ArrayList<>();
    collect(Main.commandLine(), commands);
    assertThat(commands).hasSizeGreaterThan(30);
    return commands.stream();
  }

  private static void collect(CommandLine line, List<CommandSpec> into) {
    into.add(line.getCommandSpec());
    line.getSubcommands().values().stream()
        .distinct()
        .filter(each -> !each.getCommandSpec().usageMessage().hidden())
        .filter(each -> !(each.getCommand() instanceof CommandLine.HelpCommand))
        .forEach(each -> collect(each, into));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandSaysWhatIsWrongWithItsUse_CLI_MISUSE(CommandSpec command) {
    List<Misuse> ways = ways(command);
    assertThat(ways).hasSizeGreaterThanOrEqualTo(LEAST_WAYS);
    for (Misuse way : ways) {
      Run run = Run.of(way.line().toArray(String[]::new));
      run.misusedWith(way.named());
      assertThat(run.err().lines().toList())
          .as("%s", way.line())
          .hasSizeLessThanOrEqualTo(3)
          .last()
          .isEqualTo("Try: " + command.qualifiedName() + " --help");
    }
  }

  private static List<Misuse> ways(CommandSpec command) {
    List<Misuse> ways = new ArrayList<>();
    ways.add(wrong(command, "--nonsense", "--nonsense"));
    ways.add(wrong(command, "-Z", "-Z"));
    ways.add(wrong(command, "--help=maybe", "--help"));
    ways.add(wrong(command, "--hlep", "--hlep"));
    if (command.positionalParameters().stream().noneMatch(words -> words.arity().isVariable())) {
      ways.add(new Misuse(with(command, SURPLUS), "surplus"));
    }
    for (OptionSpec option : command.options()) {
      wrongOption(command, option, ways);
    }
    for (ArgSpec required : required(command)) {
      if (required.isOption() || isLastWord(command, required)) { // the next would take its place
        ways.add(new Misuse(without(command, required), name(required)));
      }
    }
    return ways;
  }

  private static void wrongOption(CommandSpec command, OptionSpec option, List<Misuse> ways) {
    String name = option.longestName();
    if (option.arity().max() == 0) {
      ways.add(wrong(command, name + "=maybe", name));
      return;
    }
    if (option.arity().min() > 0) {
      ways.add(new Misuse(with(command, List.of(name)), name));
    }
    if (isNumber(option.type())) {
      ways.add(wrong(command, name + "=many", name));
    }
    if (!option.isMultiValue()) {
      String once = name + "=" + value(option);
      ways.add(new Misuse(with(command, List.of(once, once)), name));
    }
  }

  private static Misuse wrong(CommandSpec command, String word, String named) {
    return new Misuse(with(command, List.of(word)), named);
  }

  /** A line with all that the command requires, and these words. */
  private static List<String> with(CommandSpec command, List<String> words) {
    List<String> line = line(command, each -> true);
    line.addAll(words);
    return line;
  }

  private static List<String> without(CommandSpec command, ArgSpec missing) {
    return line(command, each -> each != missing);
  }

  private static List<String> line(CommandSpec command, Predicate<ArgSpec> given) {
    List<String> line = new ArrayList<>();
    String[] path = command.qualifiedName().split(" ");
    line.addAll(Arrays.asList(path).subList(1, path.length));
    for (ArgSpec each : required(command)) {
      if (given.test(each)) {
        line.add(each.isOption() ? name(each) + "=" + value(each) : value(each));
      }
    }
    return line;
  }

  private static List<ArgSpec> required(CommandSpec command) {
    return command.args().stream().filter(ArgSpec::required).toList();
  }

  private static boolean isLastWord(CommandSpec command, ArgSpec word) {
    List<PositionalParamSpec> words = command.positionalParameters();
    return words.get(words.size() - 1) == word;
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? option.longestName()
        : ((PositionalParamSpec) argument).paramLabel();
  }

  private static boolean isNumber(Class<?> type) {
    return type == int.class || type == long.class || type == double.class || type == Integer.class;
  }

  private static String value(ArgSpec argument) {
    if (argument.type().isEnum()) {
      return argument.type().getEnumConstants()[0].toString().toLowerCase(Locale.ROOT);
    }
    return isNumber(argument.type()) ? "1" : "http://localhost:1";
  }
}
