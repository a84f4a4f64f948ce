package io.matrixrtc.testkit.scenario;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads YAML into values that know their lines. Bounded: {@value #MAX_CHARS} characters, {@value
 * #MAX_DEPTH} levels, no anchors and aliases, no key twice. Nothing in a file can name a class.
 */
final class YamlFile {
  /** Longest file in characters. */
  static final int MAX_CHARS = 256 << 10;

  /** Deepest nesting. */
  static final int MAX_DEPTH = 12;

  private YamlFile() {}

  static YamlValue read(String text) throws ScenarioException {
    if (text.length() > MAX_CHARS) {
      throw ScenarioException.at(1, "the file is longer than " + MAX_CHARS + " characters");
    }
    LoaderOptions limits = new LoaderOptions();
    limits.setNestingDepthLimit(MAX_DEPTH);
    limits.setCodePointLimit(MAX_CHARS);
    try {
      Node root = new Yaml(limits).compose(new StringReader(text));
      if (root == null) {
        throw ScenarioException.at(1, "the file is empty");
      }
      return value(root, new HashSet<>());
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw ScenarioException.at(line, "this is no YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw ScenarioException.at(1, "this is no YAML that is read here: " + firstLine(e));
    }
  }

  private static String firstLine(YAMLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static YamlValue value(Node node, Set<Node> seen) throws ScenarioException {
    int line = node.getStartMark().getLine() + 1;
    if (!seen.add(node)) {
      throw ScenarioException.at(line, "anchors and aliases are not read here");
    }
    if (node instanceof ScalarNode scalar) {
      return new YamlValue.Scalar(line, scalar.getValue());
    } else if (node instanceof SequenceNode sequence) {
      List<YamlValue> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(value(item, seen));
      }
      return new YamlValue.Sequence(line, items);
    } else if (node instanceof MappingNode mapping) {
      return new YamlValue.Mapping(line, entries(mapping, seen));
    }
    throw ScenarioException.at(line, "this kind of YAML is not read here");
  }

  private static List<YamlValue.Entry> entries(MappingNode mapping, Set<Node> seen)
      throws ScenarioException {
    List<YamlValue.Entry> entries = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      int line = tuple.getKeyNode().getStartMark().getLine() + 1;
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw ScenarioException.at(line, "a key must be a word");
      }
      if (!keys.add(key.getValue())) {
        throw ScenarioException.at(line, "'" + key.getValue() + "' is there twice");
      }
      entries.add(new YamlValue.Entry(line, key.getValue(), value(tuple.getValueNode(), seen)));
    }
    return entries;
  }
}
