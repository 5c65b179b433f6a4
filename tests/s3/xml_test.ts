import { readXml, xmlElement } from "../../src/s3/xml.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("a document is read: text, entities, repeated children, prefixes", () => {
  const xml = readXml(
    '<?xml version="1.0" encoding="UTF-8"?>\n<s3:R xmlns:s3="urn:x"><s3:K>a &amp; &#x62; &lt;c&gt;</s3:K>' +
      "<E/><I><N>1</N></I><I><N>2</N></I></s3:R>",
  )!;
  assertEquals(xml.name, "R");
  assertEquals(xml.get("K"), "a & b <c>");
  assertEquals(xml.get("E"), "");
  assertEquals(xml.get("absent"), undefined);
  assertEquals(xml.all("I").map((item) => item.get("N")), ["1", "2"]);
});

test("text is what it stands for: entities, CDATA, white space, comments", () => {
  const text = (content: string) => readXml(`<a><t>${content}</t></a>`)!.get("t");
  assertEquals(text("&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#xd;"), "<>&\"'A\u{1f600}\r");
  assertEquals(text("&nbsp;&constructor;&#x110000;&#;"), "&nbsp;&constructor;&#x110000;&#;");
  assertEquals(text("&amp;lt;"), "&lt;");
  assertEquals(text("x<![CDATA[<&amp;>]]>y"), "x<&amp;>y");
  assertEquals(text(" \n "), " \n ");
  assertEquals(text("a<!-- b -->c"), "ac");
});

test("a document that is cut or is none is refused", () => {
  const refused = ["", "hello", "<a>", "<a><b></a>", "<a><b>x</b>", "<a></a><b/>", "<h><br></h>"];
  for (const text of refused) assertEquals(readXml(text), undefined, text);
});

test("attributes are XML's, or it is no document", () => {
  const root = (attributes: string) => readXml(`<a${attributes}><b>1</b></a>`)?.get("b");
  assertEquals(root(` xmlns="urn:x" x:y = 'z'`), "1");
  assertEquals(root(`\n  xmlns="urn:x"\n  `), "1");
  for (const attributes of [" b", " b=c", ' b="', ' b="<"', ' "b"']) {
    assertEquals(root(attributes), undefined, attributes);
  }
});

test("a page that is no document is known as such at once", () => {
  // Each of them would keep a parser busy for minutes that tries every way to read it.
  const pages = [
    `<!DOCTYPE html><html><input disabled>${"text ".repeat(100_000)}</html>`,
    `<a ${"x".repeat(500_000)}=>`,
    `<a ${" ".repeat(500_000)}`,
    "<a ".repeat(150_000),
    '<a b="'.repeat(100_000),
    "<a>".repeat(150_000),
    `<a>${"&".repeat(500_000)}`,
  ];
  for (const page of pages) assertEquals(readXml(page), undefined, page.slice(0, 40));
});

test("a document may be empty", () => {
  assertEquals(readXml("<DeleteResult/>")!.all("Error"), []);
});

test("what is written is read as it was", () => {
  const key = `<&>"' é😀 %2F\t\n\r]]>`;
  const xml = readXml(`<Delete>${xmlElement("Key", key)}${xmlElement("Number", 1)}</Delete>`)!;
  assertEquals([xml.get("Key"), xml.get("Number")], [key, "1"]);
});
