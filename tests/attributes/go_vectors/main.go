// Prints what Go makes of durations, booleans, whole numbers and CSV lines, as JSON, so that
// ../go_vectors_test.ts can hold our parsers against it:
//
//	go run . > ../go_vectors.json && deno fmt ../go_vectors.json
//
// The random part has a fixed seed: the same Go prints the same vectors.
package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tonistiigi/go-csvvalue"
)

// Each entry is a text and its value; the value is null where Go reports an error. Numbers of 64
// bits are text, since JSON readers round them.
type vectors struct {
	Durations [][2]any `json:"durations"`
	Booleans  [][2]any `json:"booleans"`
	Integers  [][2]any `json:"integers"`
	CSV       [][2]any `json:"csv"`
}

var durations = []string{
	"0", "+0", "-0", "00", "0s", "0h0m0s", "5s", "30s", "1478s", "-5s", "+5s", "+0s", "-0s",
	"24h", "1h30m", "1.5h", "90s", "-1s", "100ms", "1us", "1ns", "-1ns", "12µs", "12μs",
	"5.0s", "5.6s", "5.s", ".5s", "1.0s", "1.00s", "1.004s", "1.0040s", "100.00100s", "-.5s",
	"10.5s4m", "-2m3.4s", "1h2m3s4ms5us6ns", "39h9m14.425s", "1m1m", "1s1h", "52763797000ns",
	"0.3333333333333333333h", "0.100000000000000000000h", "0.9223372036854775807h",
	"0.830103483285477580700h", "1.9999999999ns", "0.9ns", "-0.9ns", "2.5us",
	"9007199254740993ns", "9223372036854775807ns", "9223372036854775808ns",
	"-9223372036854775807ns", "-9223372036854775808ns", "-9223372036854775809ns",
	"9223372036854775.807us", "9223372036854775.808us", "9223372036s854ms775us807ns",
	"2562047h47m16.854775807s", "2562047h47m16.854775808s", "-2562047h47m16.854775808s",
	"2562047h47m16.854775809s", "3000000h", "106751d", "99999999999999999999s",
	"0.99999999999999999999999s", "9223372036854ms775us807ns", "9223372036854ms775us808ns",
	"-9223372036854ms775us808ns", "18446744073709551616ns", "18446744073709551617ns",
	"", "3", "-", "+", "s", ".", "-.", ".s", "+.s", "1", "1.5", "1e3s", "1h 30m", " 1h", "1h ",
	"1H", "1S", "1d", "1w", "1h30", "--1s", "+-1s", "1.2.3s", "1..5s", "1,5s", "0x1s", "1_000s",
	"١s", "inf", "NaN", "24 h", "h24", "1µ", "1μ", "1ms s", "\t1s", "1s\n", "∞s", "1msec",
}

var booleans = []string{
	"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False",
	"", "tRUE", "tRue", "yes", "no", "on", "off", "y", "n", "2", "-1", "01", "00", " true",
	"true ", "true\n", "truee", "fals", "null", "enabled", "ſ",
}

var integers = []string{
	"1", "4", "+4", "007", "1000", "0", "-0", "-1", "9007199254740991", "2147483648", "4294967296",
	"9223372036854775808", "", "+", "-", " 4", "4 ", "4.0", "4e2", "0x10", "0b1", "0o7", "1_000",
	"1,000", "four", "٤", "4\n", "--4", "+-4", "NaN", "Infinity",
}

var lines = []string{
	"type=s3", "type=s3,bucket=b", "a,b,c", "a", ",", ",,", "a,", ",a", "a,,b", " a , b ", "a\tb",
	`"a"`, `"a,b"`, `"a""b"`, `"a","b"`, `""`, `"",""`, `"",`, `,""`, `""""`, `""""""`, `"a""","b"`,
	`"name=a,b",region=x`, `name="a"`, `name="a,b"`, `a"b`, `a""b`, `a,b"`, `a, "b"`, ` "a"`,
	`"a" ,b`, `"a"b`, `"a"b,c`, `"a`, `"`, `"""`, `"a,b`, `a,"b`, `"a"""`, `"a"" b"`, `"a" "b"`,
	"#a,b", "a=b;c", "ä,ö", "日本,語", "😀,\"😀,\"", "a\\,b", `a\"b`, "'a,b'", "a b", "a\u0000b",
	"a\n", "a\r\n", "\"a\"\n", "\"a\"\r\n", "a\n\n", "a\r", "\n", "\r\n", "", "a\nb", "\na", "a\r\nb",
	"\"a\nb\"", "\"a\r\nb\"", "\"a\n", "a,\n", "a\rb",
}

func main() {
	random := rand.New(rand.NewSource(1))
	for range 150 {
		durations = append(durations, randomDuration(random))
		lines = append(lines, randomText(random, []string{"a", "=", ",", `"`, `""`, `,"`, `",`, " ", "ß"}))
	}
	var out vectors
	for _, text := range durations {
		value, err := time.ParseDuration(text)
		out.Durations = append(out.Durations, entry(text, strconv.FormatInt(int64(value), 10), err))
	}
	for _, text := range booleans {
		value, err := strconv.ParseBool(text)
		out.Booleans = append(out.Booleans, entry(text, value, err))
	}
	for _, text := range integers {
		value, err := strconv.Atoi(text)
		out.Integers = append(out.Integers, entry(text, strconv.Itoa(value), err))
	}
	for _, text := range lines {
		value, err := csvvalue.Fields(text, nil)
		out.CSV = append(out.CSV, entry(text, value, err))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		panic(err)
	}
}

func entry(text string, value any, err error) [2]any {
	if err != nil {
		return [2]any{text, nil}
	}
	return [2]any{text, value}
}

func randomDuration(random *rand.Rand) string {
	units := []string{"ns", "us", "µs", "μs", "ms", "s", "m", "h", "h", "s", "d", ""}
	var out strings.Builder
	out.WriteString([]string{"", "", "", "-", "+"}[random.Intn(5)])
	for range 1 + random.Intn(3) {
		out.WriteString(randomDigits(random, 7))
		if random.Intn(2) == 0 {
			out.WriteString("." + randomDigits(random, 21))
		}
		out.WriteString(units[random.Intn(len(units))])
	}
	return out.String()
}

func randomDigits(random *rand.Rand, most int) string {
	var out strings.Builder
	for range random.Intn(most) {
		out.WriteByte(byte('0' + random.Intn(10)))
	}
	return out.String()
}

func randomText(random *rand.Rand, pieces []string) string {
	var out strings.Builder
	for range 1 + random.Intn(12) {
		out.WriteString(pieces[random.Intn(len(pieces))])
	}
	return out.String()
}
