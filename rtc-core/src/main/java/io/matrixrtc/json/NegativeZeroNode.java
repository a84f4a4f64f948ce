package io.matrixrtc.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The integer {@code -0}, as read: 0 to who asks for its value, written as {@code -0}, and equal to
 * itself only. Canonical JSON refuses it (CJSON-NEGZERO).
 */
final class NegativeZeroNode extends NumericNode {
  private static final long serialVersionUID = 1L;

  static final NegativeZeroNode INSTANCE = new NegativeZeroNode();

  private static final String TEXT = "-0";

  private NegativeZeroNode() {}

  @Override
  public JsonParser.NumberType numberType() {
    return JsonParser.NumberType.INT;
  }

  @Override
  public JsonToken asToken() {
    return JsonToken.VALUE_NUMBER_INT;
  }

  @Override
  public Number numberValue() {
    return 0;
  }

  @Override
  public int intValue() {
    return 0;
  }

  @Override
  public long longValue() {
    return 0;
  }

  @Override
  public double doubleValue() {
    return -0.0;
  }

  @Override
  public BigDecimal decimalValue() {
    return BigDecimal.ZERO;
  }

  @Override
  public BigInteger bigIntegerValue() {
    return BigInteger.ZERO;
  }

  @Override
  public boolean isIntegralNumber() {
    return true;
  }

  @Override
  public boolean canConvertToInt() {
    return true;
  }

  @Override
  public boolean canConvertToLong() {
    return true;
  }

  @Override
  public String asText() {
    return TEXT;
  }

  @Override
  public void serialize(JsonGenerator generator, SerializerProvider provider) throws IOException {
    generator.writeNumber(TEXT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NegativeZeroNode;
  }

  @Override
  public int hashCode() {
    return TEXT.hashCode();
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
