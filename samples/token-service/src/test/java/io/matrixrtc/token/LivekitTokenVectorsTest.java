package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.auth0.jwt.JWT;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.VectorFile;
import io.matrixrtc.session.LivekitNames;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** LiveKit tokens and names against recorded ones. */
class LivekitTokenVectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> GROUPS = Set.of("meta", "vectors", "names");
  private static final Set<String> OUR_GRANTS =
      Set.of("roomJoin", "room", "canPublish", "canSubscribe", "canUpdateOwnMetadata");
  private static final Pattern BODY = Pattern.compile("raw body (\\{.*\\})");

  @TestFactory
  Stream<DynamicTest> tokensCountOrNotAsRecorded_LK_VERIFY() {
    return file("vectors")
        .map(vector -> dynamicTest(vector.get("id").asText(), () -> verifies(vector)));
  }

  private static void verifies(JsonNode vector) throws Exception {
    ApiKey key = ApiKey.of(vector.get("apiKey").asText(), vector.get("apiSecret").asText());
    Instant at = Instant.ofEpochSecond(vector.get("verifyAtEpochSeconds").asLong());
    Duration leeway = Duration.ofSeconds(vector.get("clockLeewaySeconds").asLong());
    String jwt = vector.get("jwt").asText();
    SfuSignature signature = new SfuSignature(key, leeway, Clock.fixed(at, ZoneOffset.UTC));
    assertThat(signature.verify(jwt).isPresent()).isEqualTo(vector.get("valid").asBoolean());
    if (vector.get("valid").asBoolean()) {
      assertThat(claims(jwt)).isEqualTo(vector.get("payload"));
      SfuSignature other =
          new SfuSignature(
              ApiKey.of(key.key(), vector.get("apiSecret").asText() + "x"),
              leeway,
              Clock.fixed(at, ZoneOffset.UTC));
      assertThat(other.verify(jwt)).as("control: another secret").isEmpty();
    }
  }

  /** Ours has the same claims; but {@code iat} and {@code identity}, which the SDK does not set. */
  @TestFactory
  Stream<DynamicTest> joinTokensAreMintedWithTheRecordedClaims_LK_GRANTS() {
    return file("vectors")
        .filter(vector -> isOurJoinToken(vector.get("payload")))
        .map(vector -> dynamicTest(vector.get("id").asText(), () -> mints(vector)));
  }

  private static boolean isOurJoinToken(JsonNode payload) {
    JsonNode video = payload.path("video");
    return video.size() == OUR_GRANTS.size()
        && OUR_GRANTS.stream().allMatch(video::has)
        && payload.has("exp")
        && payload.get("exp").asLong() - payload.get("nbf").asLong()
            == JoinTokens.LIFETIME.toSeconds();
  }

  private static void mints(JsonNode vector) throws Exception {
    ObjectNode wanted = vector.get("payload").deepCopy();
    wanted.remove(List.of("iat", "identity"));
    String minted =
        new JoinTokens(ApiKey.of(wanted.get("iss").asText(), vector.get("apiSecret").asText()))
            .mint(
                wanted.get("video").get("room").asText(),
                wanted.get("sub").asText(),
                Instant.ofEpochSecond(wanted.get("nbf").asLong()));
    ObjectNode claims = claims(minted);
    assertThat(claims.remove("sip"))
        .as("the SDK adds no grants here")
        .isEqualTo(JSON.readTree("{}"));
    assertThat(claims).isEqualTo(wanted);
    assertThat(JWT.decode(minted).getAlgorithm()).isEqualTo("HS256");
  }

  @TestFactory
  Stream<DynamicTest> bodyHashesAreThoseOfWebhooks_LK_WEBHOOK_HASH() {
    return file("vectors")
        .filter(vector -> vector.get("payload").has("sha256"))
        .flatMap(
            vector -> {
              Matcher body = BODY.matcher(vector.path("note").asText());
              return body.find()
                  ? Stream.of(dynamicTest(vector.get("id").asText(), () -> hash(vector, body)))
                  : Stream.empty();
            });
  }

  private static void hash(JsonNode vector, Matcher body) {
    byte[] bytes = body.group(1).getBytes(StandardCharsets.UTF_8);
    assertThat(SfuSignature.sha256(bytes)).isEqualTo(vector.get("payload").get("sha256").asText());
    ApiKey key = ApiKey.of(vector.get("apiKey").asText(), vector.get("apiSecret").asText());
    Instant at = Instant.ofEpochSecond(vector.get("verifyAtEpochSeconds").asLong());
    SfuSignature signature =
        new SfuSignature(key, SfuSignature.LEEWAY, Clock.fixed(at, ZoneOffset.UTC));
    assertThat(signature.vouchesFor(vector.get("jwt").asText(), bytes)).isTrue();
    bytes[0] ^= 1;
    assertThat(signature.vouchesFor(vector.get("jwt").asText(), bytes)).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> namesAreThoseOfTheService_LK_IDENTITY() {
    return file("names")
        .map(vector -> dynamicTest(vector.get("jsonUtf8").asText(), () -> names(vector)));
  }

  private static void names(JsonNode vector) {
    JsonNode in = vector.get("inputs");
    String kind = vector.get("kind").asText();
    String name =
        switch (kind) {
          case "identity" ->
              LivekitNames.stickyIdentity(
                  in.get(0).asText(), in.get(1).asText(), in.get(2).asText());
          case "roomAlias" -> LivekitNames.roomAlias(in.get(0).asText(), in.get(1).asText());
          default -> throw new AssertionError("unknown kind: " + kind);
        };
    assertThat(name).isEqualTo(vector.get("value").asText());
  }

  private static ObjectNode claims(String jwt) throws Exception {
    return (ObjectNode)
        JSON.readTree(
            Base64.getUrlDecoder()
                .decode(JWT.decode(jwt).getPayload().getBytes(StandardCharsets.US_ASCII)));
  }

  private static Stream<JsonNode> file(String group) {
    Optional<JsonNode> file = VectorFile.read("livekit-token.json");
    assumeTrue(file.isPresent(), "livekit-token.json is not there");
    assertThat(file.get().properties()).allMatch(member -> GROUPS.contains(member.getKey()));
    return StreamSupport.stream(file.get().get(group).spliterator(), false);
  }
}
