"""Bodies of public services as values: envelopes, codes, columns, numbers, times, coordinates."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display_bridge.city_data.borders import district_at
from display_bridge.city_data.columns import Columns
from display_bridge.city_data.data_go_kr import bus_items, items, messages
from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.projections import KOREA_CENTRAL, TransverseMercator, weather_cell
from display_bridge.city_data.seoul.envelope import page, path
from display_bridge.city_data.wire import count, decoded, figure, kst, measured, position, records, said


def body(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def failed(body: bytes, root: str = "Service") -> SourceFailed:
    with pytest.raises(SourceFailed) as caught:
        page(body, root)
    return caught.value


# ---------------------------------------------------------------------------------------------- envelopes


@pytest.mark.parametrize(
    ("answer", "root", "rows", "total"),
    [
        ({"S": {"list_total_count": 2, "RESULT": {"CODE": "INFO-000"}, "row": [{"a": 1}, {"a": 2}]}}, "S", 2, 2),
        ({"S": {"list_total_count": "1", "RESULT": {"CODE": "INFO-000"}, "row": {"a": 1}}}, "S", 1, 1),
        ({"S": {"list_total_count": 0, "RESULT": {"CODE": "INFO-000"}, "row": ""}}, "S", 0, 0),
        ({"S": {"list_total_count": 0, "RESULT": {"CODE": "INFO-000"}}}, "S", 0, 0),
        ({"RESULT": {"CODE": "INFO-200", "MESSAGE": "해당하는 데이터가 없습니다."}}, "S", 0, 0),
        ({"R.p": [{"a": 1}], "RESULT": {"RESULT.CODE": "INFO-000", "RESULT.MESSAGE": "ok"}}, "R.p", 1, None),
        ({"errorMessage": {"status": 200, "code": "INFO-000", "total": 8}, "L": [{"a": 1}]}, "L", 1, 8),
        ({"status": 500, "code": "INFO-200", "message": "none", "total": 0}, "L", 0, 0),
        ({"errorMessage": {"status": 500, "code": "INFO-200"}}, "L", 0, 0),
    ],
)
def test_every_shape_of_envelope_gives_its_rows(answer: Any, root: str, rows: int, total: int | None) -> None:
    found = page(body(answer), root)
    assert len(found.rows) == rows
    assert found.total == total


def test_an_xml_envelope_gives_the_same_rows_as_json() -> None:
    xml = (
        b'<?xml version="1.0" encoding="UTF-8"?><S><list_total_count>2</list_total_count><RESULT><CODE>INFO-000</CODE>'
        b"<MESSAGE>ok</MESSAGE></RESULT><row><A>1</A><B></B></row><row><A>2</A><B>x &amp; y</B></row></S>"
    )
    assert [dict(row) for row in page(xml, "S").rows] == [{"A": "1", "B": ""}, {"A": "2", "B": "x & y"}]
    one = xml.replace(b"<row><A>2</A><B>x &amp; y</B></row>", b"")
    assert [dict(row) for row in page(one, "S").rows] == [{"A": "1", "B": ""}]


CODES = [
    ("INFO-100", "bad-key", False),
    ("INFO-300", "bad-key", False),
    ("INFO-400", "INFO-400", False),
    ("INFO-500", "INFO-500", True),
    ("ERROR-300", "ERROR-300", False),
    ("ERROR-301", "ERROR-301", False),
    ("ERROR-310", "ERROR-310", False),
    ("ERROR-331", "ERROR-331", False),
    ("ERROR-332", "ERROR-332", False),
    ("ERROR-333", "ERROR-333", False),
    ("ERROR-334", "ERROR-334", False),
    ("ERROR-335", "ERROR-335", False),
    ("ERROR-336", "ERROR-336", False),
    ("ERROR-337", "quota", False),
    ("ERROR-500", "ERROR-500", True),
    ("ERROR-600", "ERROR-600", True),
    ("ERROR-601", "ERROR-601", True),
    ("ERROR-777", "ERROR-777", True),
]


@pytest.mark.parametrize(("code", "ours", "retry"), CODES)
def test_every_code_is_a_failure_in_every_shape_and_repeats_nothing_of_the_request(
    code: str, ours: str, retry: bool
) -> None:
    secret = "http://openapi.seoul.go.kr:8088/s3cr3tk3y/json/Service/1/5/"
    shapes = [
        body({"RESULT": {"CODE": code, "MESSAGE": secret}}),
        body({"Service": {"RESULT": {"CODE": code, "MESSAGE": secret}}}),
        body({"RESULT": {"RESULT.CODE": code, "RESULT.MESSAGE": secret}}),
        body({"status": 500, "code": code, "message": secret}),
        body({"errorMessage": {"status": 500, "code": code, "message": secret}}),
        f"<RESULT><CODE>{code}</CODE><MESSAGE>{secret}</MESSAGE></RESULT>".encode(),
        f'<?xml version="1.0"?>\n<RESULT><CODE>{code}</CODE><MESSAGE>x</MESSAGE></RESULT>'.encode(),
        f"<Service><RESULT><CODE>{code}</CODE></RESULT></Service>".encode(),
    ]
    for shape in shapes:
        error = failed(shape)
        assert (error.code, error.retry) == (ours, retry), shape
        assert "s3cr3tk3y" not in f"{error} {error.message} {error.code}"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"   ",
        b"null",
        b"12",
        b'"text"',
        b"[]",
        b"{}",
        b'{"Service": {"RESULT": {"CODE": "INFO-000"}, "row": [{"a": 1}',
        b"<Service><row><a>1</a>",
        b"<html><body>maintenance</body></html>",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xfe\x00\x01",
        '{"서비스": 1}'.encode("cp949"),
        b"<a>" + b"<b/>" * 1_000_001 + b"</a>",
        body({"Other": {"row": []}}),
        body({"Service": "x"}),
        body({"Service": {}}),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Service><row><a>&x;</a></row></Service>',
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Service><row>&b;</row></Service>',
        b"[" * 100_000,
        b"<a>" * 50_000 + b"</a>" * 50_000,
    ],
)
def test_what_is_not_an_answer_is_unreadable(broken: bytes) -> None:
    assert failed(broken).code == "unreadable"


def test_a_body_with_a_byte_order_mark_and_white_space_is_read() -> None:
    text = b'\xef\xbb\xbf\n {"S": {"RESULT": {"CODE": "INFO-000"}, "row": [{"a": 1}]}} \n'
    assert len(page(text, "S").rows) == 1


@pytest.mark.parametrize("declared", ["EUC-KR", "euc-kr", "cp949"])
def test_an_error_in_the_older_korean_encoding_is_told(declared: str) -> None:
    words = "<RESULT><CODE>INFO-100</CODE><MESSAGE>인증키가 유효하지 않습니다.</MESSAGE></RESULT>"
    for encoding in ("cp949", "utf-8"):  # some declare the one and send the other
        told = f'<?xml version="1.0" encoding="{declared}"?>\n{words}'.encode(encoding)
        assert failed(told).code == "bad-key"
    assert failed(words.encode("cp949")).code == "unreadable", "nothing is guessed"


def test_a_path_encodes_each_argument_whole() -> None:
    assert path("citydata", 1, 5, "광화문·덕수궁") == (
        "{key}/json/citydata/1/5/%EA%B4%91%ED%99%94%EB%AC%B8%C2%B7%EB%8D%95%EC%88%98%EA%B6%81"
    )
    assert path("bikeList", 1, 1000) == "{key}/json/bikeList/1/1000/"
    assert path("S", 1, 5, "a/b?c") == "{key}/json/S/1/5/a%2Fb%3Fc"


# ---------------------------------------------------------------------------------------------- data.go.kr


def gateway(reason: str) -> bytes:
    return (
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>X</returnAuthMsg>"
        f"<returnReasonCode>{reason}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
    ).encode()


@pytest.mark.parametrize("read", [items, messages, bus_items])
@pytest.mark.parametrize(
    ("reason", "code", "retry"),
    [("30", "bad-key", False), ("31", "bad-key", False), ("20", "bad-key", False), ("32", "bad-key", False),
     ("22", "quota", False), ("12", "data-12", False), ("04", "data-04", True), ("99", "data-99", True)],
)  # fmt: skip
def test_the_gateways_xml_errors_are_told_apart(read: Any, reason: str, code: str, retry: bool) -> None:
    with pytest.raises(SourceFailed) as caught:
        read(gateway(reason))
    assert (caught.value.code, caught.value.retry) == (code, retry)


@pytest.mark.parametrize(
    ("words", "code"),
    [(b"SERVICE KEY IS NOT REGISTERED ERROR.", "bad-key"), (b"Unauthorized", "bad-key"),
     (b"LIMITED NUMBER OF SERVICE REQUESTS EXCEEDS ERROR", "quota"), (b"API rate", "unreadable")],
)  # fmt: skip
def test_errors_in_bare_words_are_told_apart(words: bytes, code: str) -> None:
    with pytest.raises(SourceFailed) as caught:
        items(words)
    assert caught.value.code == code


def test_items_are_found_nested_bare_single_and_missing() -> None:
    fine = {"resultCode": "00", "resultMsg": "OK"}
    assert len(items(body({"response": {"header": fine, "body": {"items": {"item": [{"a": 1}, {"a": 2}]}}}}))) == 2
    assert len(items(body({"response": {"header": fine, "body": {"items": {"item": {"a": 1}}}}}))) == 1
    assert len(items(body({"response": {"header": fine, "body": {"items": [{"a": 1}]}}}))) == 1
    assert items(body({"response": {"header": fine, "body": {"items": ""}}})) == []
    assert items(body({"response": {"header": {"resultCode": "03", "resultMsg": "NODATA_ERROR"}}})) == []


def test_bus_errors_in_its_header_are_told_apart() -> None:
    def answer(code: str, words: str, rows: Any = None) -> bytes:
        return body({"msgHeader": {"headerCd": code, "headerMsg": words}, "msgBody": {"itemList": rows}})

    assert bus_items(answer("0", "정상", {"rtNm": "150"})) == [{"rtNm": "150"}]
    assert bus_items(answer("4", "결과가 없습니다.")) == []
    for code, words, ours in [
        ("7", "Key인증실패: SERVICE KEY IS NOT REGISTERED ERROR.[인증모듈 에러코드(30)]", "bad-key"),
        ("7", "Key인증실패: LIMITED NUMBER OF SERVICE REQUESTS EXCEEDS ERROR.[인증모듈 에러코드(22)]", "quota"),
        ("1", "시스템 오류가 발생하였습니다.", "bus-1"),
    ]:
        with pytest.raises(SourceFailed) as caught:
            bus_items(answer(code, words))
        assert caught.value.code == ours
    xml = (
        b"<ServiceResult><comMsgHeader/><msgHeader><headerCd>0</headerCd></msgHeader>"
        b"<msgBody><itemList><rtNm>150</rtNm></itemList></msgBody></ServiceResult>"
    )
    assert bus_items(xml) == [{"rtNm": "150"}]


# ---------------------------------------------------------------------------------------------- columns


COLUMNS = Columns({"name": ("NEW_NM", "OLD_NAME"), "level": ("NEW_LVL", "OLD_LEVEL")}, needed=("name", "level"))


def test_both_generations_of_columns_give_the_same_rows() -> None:
    new, old = {"NEW_NM": "a", "NEW_LVL": "1"}, {"OLD_NAME": "a", "OLD_LEVEL": "1"}
    assert COLUMNS.read([new]).rows == COLUMNS.read([old]).rows == ({"name": "a", "level": "1"},)
    assert COLUMNS.read([{"new_nm": "a", "old_level": "1"}]).rows == ({"name": "a", "level": "1"},)


def test_a_filled_old_column_beside_an_empty_new_one_is_used() -> None:
    assert COLUMNS.read([{"NEW_NM": "a", "NEW_LVL": "", "OLD_LEVEL": "2"}]).rows == ({"name": "a", "level": "2"},)


def test_rows_of_unknown_columns_are_counted_and_all_of_them_are_a_failure() -> None:
    found = COLUMNS.read([{"NEW_NM": "a", "NEW_LVL": None}, {"NEW_NM": "b"}, {}])
    assert (len(found.rows), found.skipped) == (1, 2)
    with pytest.raises(SourceFailed) as caught:
        COLUMNS.read([{"X": 1}, {"NEW_NM": "b"}])
    assert (caught.value.code, caught.value.retry) == ("unknown-columns", False)
    assert COLUMNS.read([]).rows == ()


# ---------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), (" 12.50 ", 12.5), ("1,234", 1234), ("-3.5", -3.5), ("0", 0), (7, 7), (0.03, 0.03), (".5", 0.5)]
    + [(v, None) for v in ("-", "", " ", None, "점검중", "null", "NaN", "inf", "1e5", "12㎍", "1,2", [], {}, True,
                           float("nan"), float("inf"), "9" * 400, 10**400)],
)  # fmt: skip
def test_a_figure_is_a_number_or_missing(value: Any, number: float | None) -> None:
    assert figure(value) == number


def test_a_figure_beyond_its_quantity_is_missing() -> None:
    assert measured("-99") is None
    assert measured("-998", -50, 60) is None
    assert measured("-7.5", -50, 60) == -7.5
    assert count("12.0") == 12
    assert count("12.5") is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("202611281300", datetime(2026, 11, 28, 13, tzinfo=KST)),
        ("20261128130509", datetime(2026, 11, 28, 13, 5, 9, tzinfo=KST)),
        ("20261128 13:00", datetime(2026, 11, 28, 13, tzinfo=KST)),
        ("20261128", datetime(2026, 11, 28, tzinfo=KST)),
        ("2026-11-28 13:05", datetime(2026, 11, 28, 13, 5, tzinfo=KST)),
        ("2026-11-28 00:00:00.0", datetime(2026, 11, 28, tzinfo=KST)),
        ("2026/11/28 13:05:09", datetime(2026, 11, 28, 13, 5, 9, tzinfo=KST)),
        ("2026-11-28T13:05", datetime(2026, 11, 28, 13, 5, tzinfo=KST)),
        ("2026-11-28 24:00", datetime(2026, 11, 29, tzinfo=KST)),
        ("202612312400", datetime(2027, 1, 1, tzinfo=KST)),
        (20261128, datetime(2026, 11, 28, tzinfo=KST)),
        ("2026-02-30 10:00", None),
        ("2026112813001", None),
        ("99991231 24:00", None),
        ("", None),
        ("-", None),
        (None, None),
        ("어제", None),
    ],
)
def test_times_are_of_seoul(text: Any, at: datetime | None) -> None:
    assert kst(text) == at


@pytest.mark.parametrize(
    ("lon", "lat", "where"),
    [("126.978", "37.5665", (126.978, 37.5665)), ("37.5665", "126.978", (126.978, 37.5665)), (0, 0, None),
     ("", "37.5", None), ("129.07", "35.18", None), ("126.978", "-", None)],
)  # fmt: skip
def test_swapped_coordinates_are_put_right_and_others_left_out(lon: Any, lat: Any, where: Any) -> None:
    assert position(lon, lat) == where


def test_records_are_a_list_whatever_was_sent() -> None:
    assert records([{"a": 1}, "x", None, {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert records({"a": 1}) == [{"a": 1}]
    assert records("") == records(None) == records(5) == []


def test_texts_are_printable() -> None:
    assert said(" 가\n나\t\x00다 ") == "가 나 다"
    assert said("a\ud800b") == "ab"
    assert said(True) == said(None) == said([]) == said("-") == ""
    said("\ud83d").encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_any_value_is_read_without_an_exception(value: Any) -> None:
    for read in (figure, count, kst, said, records):
        read(value)
    position(value, value)


@given(st.binary(max_size=200))
def test_any_bytes_are_values_or_unreadable(data: bytes) -> None:
    code = "read"
    try:
        decoded(data)
    except SourceFailed as error:
        code = error.code
    assert code in ("read", "unreadable")


# ---------------------------------------------------------------------------------------------- places


def test_the_projection_agrees_with_the_ordnance_surveys_worked_example() -> None:
    """A published point of another transverse Mercator: the same formulas, other constants."""
    britain = TransverseMercator(6_377_563.396, 299.3249646, -2, 49, 0.9996012717, 400_000, -100_000)
    lon, lat = 1 + 43 / 60 + 4.5177 / 3600, 52 + 39 / 60 + 27.2531 / 3600
    east, north = britain.metres(lon, lat)
    assert (east, north) == (pytest.approx(651_409.903, abs=0.005), pytest.approx(313_177.270, abs=0.005))
    assert britain.degrees(651_409.903, 313_177.270) == (pytest.approx(lon, abs=1e-7), pytest.approx(lat, abs=1e-7))


def plain_metres(lon: float, lat: float) -> tuple[float, float]:
    """EPSG:5181 another way: the meridian summed step by step, and the first terms in the longitude (below a
    centimetre within half a degree)."""
    a, f = 6_378_137.0, 1 / 298.257222101
    e2 = f * (2 - f)
    phi, lam = math.radians(lat), math.radians(lon - 127)
    steps = 4000
    h = (math.radians(38) - phi) / steps
    arc = h * sum(a * (1 - e2) / (1 - e2 * math.sin(phi + (i + 0.5) * h) ** 2) ** 1.5 for i in range(steps))
    nu = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    rho = a * (1 - e2) / (1 - e2 * math.sin(phi) ** 2) ** 1.5
    t2, c = math.tan(phi) ** 2, math.cos(phi)
    east = nu * c * lam + nu * c**3 * (nu / rho - t2) * lam**3 / 6
    north = nu * math.sin(phi) * c * lam**2 / 2
    return 200_000 + east, 500_000 - arc + north


@pytest.mark.parametrize(
    ("lon", "lat"), [(127.0, 38.0), (127.0, 37.5), (126.9780, 37.5665), (126.8014, 37.5625), (127.1727, 37.5550)]
)
def test_points_of_the_roads_are_right_within_a_centimetre(lon: float, lat: float) -> None:
    east, north = plain_metres(lon, lat)
    assert KOREA_CENTRAL.metres(lon, lat) == (pytest.approx(east, abs=0.01), pytest.approx(north, abs=0.01))
    assert KOREA_CENTRAL.degrees(east, north) == (pytest.approx(lon, abs=1e-7), pytest.approx(lat, abs=1e-7))


def test_a_point_of_the_roads_lies_in_its_district() -> None:
    """By the older Bessel system it would be 300 m away."""
    assert district_at(*KOREA_CENTRAL.degrees(194_000, 451_000)) == "서대문구"


@given(st.floats(126.7, 127.3), st.floats(37.4, 37.8))
def test_the_projection_goes_there_and_back(lon: float, lat: float) -> None:
    assert KOREA_CENTRAL.degrees(*KOREA_CENTRAL.metres(lon, lat)) == (
        pytest.approx(lon, abs=1e-8),
        pytest.approx(lat, abs=1e-8),
    )


@pytest.mark.parametrize(
    ("lon", "lat", "cell"),
    [(126.980, 37.570, (60, 127)), (129.0756, 35.1796, (98, 76)), (126.0, 38.0, (43, 136))],
)
def test_the_weather_grid_has_its_published_cells(lon: float, lat: float, cell: tuple[int, int]) -> None:
    assert weather_cell(lon, lat) == cell


def test_every_districts_middle_lies_in_it_and_busan_in_none() -> None:
    assert all(district_at(d.lon, d.lat) == d.ko for d in DISTRICTS)
    assert district_at(129.07, 35.18) is None
    assert district_at(126.978, 37.5665) == "중구"


def test_midnight_of_the_air_services_is_the_next_day() -> None:
    assert kst("2026-11-28 24:00") == datetime(2026, 11, 28, tzinfo=KST) + timedelta(days=1)
