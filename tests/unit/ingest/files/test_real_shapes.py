"""Mappings for the real data that may not be passed on: made-up rows in the shape of each file, and what becomes of them."""

import pytest
from files_support import CATALOGUE, MAPPINGS, figures, load, write_csv

from planwatch.contract.report import Flag
from planwatch.ingest.files.records import RecordLoading
from planwatch.service.commands.load import read_mapping

MONTHLY = "plant_id,plant_name,state,county,lat,lon,sector,month,indicator,value,unit,source,record_id,batch"
YEARLY = "plant_id,plant_name,state,year,indicator,value,unit,source,record_id"
PLANTS = (
    "plant_id,plant_name,state,county,lat,lon,sector,naics,operator,source,other_ids",
    "900001,Made Up Bay,AK,,,,,,Made Up Power,AEA-UMR,",
    "P900,Made Up Falls,AK,,,,,,Made Up Power,AKES,",
    '90001,"Made Up Station, Unit 1",TX,,,,,,Made Up Power,EIA,',
)


def mapping_of(name):
    return read_mapping(MAPPINGS / f"{name}.yaml", CATALOGUE)


def filing(indicator, value, month="2020-03", record="A1"):
    return f"900001,Made Up Bay,AK,,,,,{month},{indicator},{value},x,AEA-UMR,{record},made up"


def test_alaskan_filing_in_the_long_form_is_that_of_the_wide_one(tmp_path):
    rows = [
        filing("fuel:diesel", "-20"), filing("generation:diesel", "9000"), filing("generation:other_1:SOLAR 2 KW", "50"),
        filing("own_use", "300"), filing("electricity_purchased", "0"), filing("sold:residential", "5000"),
        filing("sold:unbilled", "100"), filing("customers:unbilled", "1"), filing("fuel_cost", "10"),
        filing("peak_demand", "0"), filing("fuel:diesel", "5", month="", record="A2"),
        "7,Made Up Station,AL,,,,,2015-01,water_withdrawal_volume,10,million gallons,EIA-923-8D,cooling:1,final",
    ]  # fmt: skip
    reports, account, rejected = load(write_csv(tmp_path / "t.csv", MONTHLY, *rows), mapping_of("us-plants-monthly"))
    assert [(one.report_id, str(one.subject), one.period, figures(one)) for one in reports] == [
        (
            "A1",
            "unit:ak-900001",
            "2020-03",
            {
                "energy.diesel_volume": ("-20", Flag.HELD),
                "output.electricity": ("9050", None),
                "electricity.own_use": ("300", None),
                "electricity.purchased": ("0", None),
                "electricity.sold": ("5100", None),
            },
        )
    ]
    assert sorted(account.rows_set_aside.values()) == [1, 1, 1, 1]
    assert [row.reason for row in rejected] == ["unknown_period"]


def test_year_of_an_alaskan_plant_adds_up_its_fuels_and_says_where_months_lack(tmp_path):
    def row(indicator, value, record, plant="P900"):
        return f"{plant},Made Up Falls,AK,2016,{indicator},{value},x,AKES-2.4a,{record}"

    whole, part = "Made Up|Falls|DFO|IC|src=PCE|months=12", "Made Up|Falls|WND|WT|src=PCE|months=7"
    rows = [
        row("co2:DFO", "10.1234567891", whole), row("fuel_energy:DFO", "140", whole),
        row("net_generation:DFO", "-1.5", whole), row("net_generation:WND", "3", part), row("fuel:DFO", "9", whole),
        row("co2_factor:DFO", "73.15", whole), row("co2:DFO", "1", whole, plant=""),
        "34,Made Up Station,TX,2015,electricity:station_use,1,MWh,EIA-923-6/7,x",
    ]  # fmt: skip
    (report,), account, rejected = load(write_csv(tmp_path / "t.csv", YEARLY, *rows), mapping_of("akes-yearly"))
    assert (report.report_id, str(report.subject), report.period) == ("akes-P900-2016", "unit:akes-P900", "2016")
    assert figures(report) == {
        "emission.co2": ("10.123457", None),
        "energy.fuel_heat": ("140", None),
        "output.electricity": ("1.5", Flag.SUSPECT),
    }
    assert (account.rows_set_aside.total(), rejected) == (4, [])


def test_electricity_of_an_american_plant_is_taken_once(tmp_path):
    kinds = {
        "gross_generation": "100", "incoming_electricity": "-1", "total_source": "99", "station_use": "4",
        "direct_use": "5", "total_facility_use": "9", "retail_sales": "20", "sales_for_resale": "60",
        "tolling_agreements": "0", "outgoing_electricity": "10", "total_disposition": "99",
    }  # fmt: skip
    rows = [f"90001,Made Up,TX,2015,electricity:{kind},{value},MWh,EIA-923-6/7,chp=N" for kind, value in kinds.items()]
    rows.append("90001,Made Up,TX,2015,pm_emission_rate,0.03,lbs/MMBtu,EIA-923-8C,x")
    (report,), account, rejected = load(write_csv(tmp_path / "t.csv", YEARLY, *rows), mapping_of("eia-yearly"))
    assert (report.report_id, report.period) == ("eia-90001-2015", "2015")
    assert figures(report) == {
        "output.electricity": ("100", None),
        "electricity.purchased": ("-1", Flag.HELD),
        "electricity.own_use": ("4", None),
        "electricity.sold": ("80", None),
    }
    assert (account.rows_used, account.rows_set_aside.total(), rejected) == (5, 7, [])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ak-plants", ("ak-900001", "Made Up Bay", "US-AK")),
        ("akes-plants", ("akes-P900", "Made Up Falls", "US-AK")),
        ("eia-plants", ("eia-90001", "Made Up Station, Unit 1", "US-TX")),
    ],
)
def test_each_register_takes_its_own_plants(tmp_path, name, found):
    loading = RecordLoading(write_csv(tmp_path / "plants.csv", *PLANTS), mapping_of(name))
    units = [one for one in loading.records() if one.kind == "unit"]
    assert [(one.id, one.name, one.region) for one in units] == [found]
    assert (loading.account.rows_set_aside.total(), loading.account.rows_rejected.total()) == (2, 0)
