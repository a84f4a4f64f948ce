package io.matrixrtc.homeserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.matrixrtc");

  @Test
  void usesNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("io.matrixrtc.homeserver..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are ours and not the homeserver's",
                c ->
                    c.getPackageName().startsWith("io.matrixrtc")
                        && !c.getPackageName().startsWith("io.matrixrtc.homeserver")))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.matrixrtc.homeserver.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheFrontKnowsVertxAndOnlyTheStoreKnowsSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..homeserver.http..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("..homeserver.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.sqlite..")
        .check(CLASSES);
  }

  @Test
  void onlySystemTimeReadsTheClock() {
    noClasses()
        .that()
        .doNotHaveSimpleName("SystemTime")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(CLASSES);
  }
}
