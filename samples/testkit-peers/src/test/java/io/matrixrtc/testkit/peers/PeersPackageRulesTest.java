package io.matrixrtc.testkit.peers;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Set;

/** What is for everybody, and which class may use which library. */
@AnalyzeClasses(
    packages = "io.matrixrtc.testkit.peers",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PeersPackageRulesTest {
  private static final Set<String> FOR_EVERYBODY =
      Set.of(
          "ElementCallBrowser",
          "JsSdk",
          "PeerFolders",
          "PeerProcess",
          "PeerUnavailableException",
          "StandInSfu",
          "package-info");

  @ArchTest
  static final ArchRule WHAT_IS_PUBLIC_IS_MEANT_TO_BE =
      classes()
          .that(are("for everybody", FOR_EVERYBODY.toArray(String[]::new)))
          .should()
          .haveModifier(JavaModifier.PUBLIC)
          .orShould()
          .haveSimpleName("package-info");

  @ArchTest
  static final ArchRule THE_REST_IS_NOT =
      noClasses()
          .that(DescribedPredicate.not(are("for everybody", FOR_EVERYBODY.toArray(String[]::new))))
          .should()
          .haveModifier(JavaModifier.PUBLIC);

  @ArchTest
  static final ArchRule ONLY_WHAT_DRIVES_THE_BROWSER_KNOWS_PLAYWRIGHT =
      only("com.microsoft.playwright..", "Chromium", "CallPage", "CallStage", "ElementCallSession");

  @ArchTest static final ArchRule ONLY_THE_STAGE_KNOWS_VERTX = only("io.vertx..", "CallStage");

  @ArchTest
  static final ArchRule ONLY_THE_SERVER_WITH_AN_SFU_KNOWS_THE_TOKEN_SERVICE =
      only("io.matrixrtc.token..", "ServerWithSfu");

  @ArchTest
  static final ArchRule ONLY_ELEMENT_CALL_NEEDS_THE_WIDGET_BRIDGE =
      only("io.matrixrtc.widget..", "CallStage", "ElementCallSession");

  /** By the outermost class. */
  private static DescribedPredicate<JavaClass> are(String what, String... names) {
    Set<String> wanted = Set.copyOf(Arrays.asList(names));
    return describe(
        what,
        type ->
            wanted.contains(
                type.getName()
                    .substring(type.getPackageName().length() + 1)
                    .replaceFirst("\\$.*", "")));
  }

  private static ArchRule only(String packages, String... names) {
    return noClasses()
        .that(DescribedPredicate.not(are("among them", names)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages);
  }
}
